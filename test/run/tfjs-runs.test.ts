import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VirtualRun } from '#src/run/virtual-run.js';
import { edgemlsim } from '../cli/program.ts';
import { modelFile } from '../learning/tfjs/model-files.ts';
import { tinyConfig } from '../worlds/tiny-config.ts';
import { configFile } from './children.ts';
import { freshPath, journalOf, startRun } from './run-folders.ts';
import { describeRuns, withOwnModel } from './tfjs-runs.ts';

describeRuns('tfjs-cpu');
describeRuns('tfjs-wasm');

test('a built-in model learns alike on every engine', async () => {
  const losses: number[] = [];
  for (const engine of ['reference', 'tfjs-cpu', 'tfjs-wasm'] as const) {
    const run = await startRun(tinyConfig({ engine }));
    losses.push((await run.toEnd()).loss.final as number);
  }
  const [reference, ...others] = losses as [number, number, number];
  for (const loss of others) expect(Math.abs(loss - reference)).toBeLessThan(1e-4 * reference);
});

test('tfjs takes an engine that computes the model, and reports why others were left out', async () => {
  const runDir = freshPath();
  const layers = [
    { kind: 'conv2d' as const, filters: 2, size: 2 },
    { kind: 'flatten' as const },
    { kind: 'dense' as const, units: 3 },
  ];
  const model = { kind: 'layers' as const, input: [4, 2, 1] as [number, number, number], layers };
  const config = tinyConfig({ model, engine: 'tfjs', training: { maximumRounds: 1 } });
  await (await startRun(config, runDir)).toEnd();
  const provenance = JSON.parse(readFileSync(join(runDir, 'provenance.json'), 'utf8'));
  const started = journalOf(runDir).find(({ type }) => type === 'started');
  expect(started).toMatchObject({ engine: provenance.engine });
  // Where tfjs-node is installed it is the fastest; else WebAssembly comes first.
  if (provenance.engine === 'tfjs-node') {
    expect(provenance.enginesLeftOut).toEqual({});
    return;
  }
  expect(provenance.engine).toBe('tfjs-cpu');
  expect(provenance.engineVersions['@tensorflow/tfjs-backend-cpu']).toBe('4.22.0');
  expect(provenance.enginesLeftOut['tfjs-wasm']).toMatch(/Conv2DBackpropFilter/);
  expect(started).toMatchObject({ leftOut: provenance.enginesLeftOut });
});

test('tfjs-wasm refuses a convolution before the run begins', async () => {
  const layers = [
    { kind: 'conv2d' as const, filters: 2, size: 2 },
    { kind: 'flatten' as const },
    { kind: 'dense' as const, units: 3 },
  ];
  const model = { kind: 'layers' as const, input: [4, 2, 1] as [number, number, number], layers };
  const starting = startRun(tinyConfig({ model, engine: 'tfjs-wasm' }));
  await expect(starting).rejects.toThrow(
    /tfjs-wasm cannot compute this model: .*Conv2DBackpropFilter/,
  );
});

test('a model that throws during the run ends it, with the name of its file', async () => {
  const text = `let passes = 0;
    export default ({ tf }) => tf.sequential({ layers: [tf.layers.dense({ inputShape: [8], units: 3 })] });
    export const loss = (targets, outputs) => {
      passes += 1;
      if (passes > 5) throw new Error('five are enough');
      return outputs.sub(targets).square().sum(1);
    };`;
  const path = modelFile(text);
  const config = configFile(withOwnModel('tfjs-cpu', { model: { kind: 'module', path } }));
  const runDir = freshPath();
  const { code, stderr } = await edgemlsim('run', config, '--out', runDir);
  expect(stderr).toContain(`${path}: five are enough`);
  expect(stderr).not.toContain('at ');
  expect(code).toBe(1);
});

test('a run is gone on with only by its own engine, and with its own model file', async () => {
  const runDir = freshPath();
  const changes = withOwnModel('tfjs-cpu', { training: { maximumRounds: 30 } });
  const run = await startRun(tinyConfig(changes), runDir);
  expect((await run.toEnd({ until: { round: 2 } })).status).toBe('stopped');
  const { path } = changes.model as { path: string };

  const file = join(runDir, 'provenance.json');
  const provenance = readFileSync(file, 'utf8');
  expect(provenance).toContain('"engine": "tfjs-cpu"');
  writeFileSync(file, provenance.replace('"engine": "tfjs-cpu"', '"engine": "tfjs-node"'));
  const resume = () => VirtualRun.resume(runDir, { threads: 1 });
  await expect(resume()).rejects.toThrow(/changed since .*: the engine \(tfjs-node.*now tfjs-cpu/);

  writeFileSync(file, provenance);
  writeFileSync(path, `${readFileSync(path, 'utf8')}// another`);
  await expect(resume()).rejects.toThrow(path);
});
