import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { XMLValidator } from 'fast-xml-parser';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BuiltInModel, modelSpec } from '#src/config/model-spec.js';
import type { SimulatedLine } from '#src/journal/events.js';
import { modelParameters } from '#src/learning/model.js';
import { loadModule } from '#src/learning/own-datasets/load.js';
import { decodeParameters } from '#src/learning/parameter-file.js';
import { writeRunReport } from '#src/report/run/run-report.js';
import type { RunSummary } from '#src/run/run-summary.js';
import { VirtualRun } from '#src/run/virtual-run.js';
import { edgemlsim } from '../cli/program.ts';
import { type TinyInput, tinyConfig } from '../worlds/tiny-config.ts';
import { configFile } from './children.ts';
import { freshPath, journalOf, startRun } from './run-folders.ts';

const path = fileURLToPath(new URL('../worlds/own-numbers.js', import.meta.url));
const input: Partial<TinyInput> = {
  data: { dataset: { name: 'module', path }, batchSize: 10 },
  model: { layers: [8, 2], loss: 'squared' },
  training: {
    maximumRounds: 120,
    learningRate: 0.5,
    gradient: 'mean',
    combine: 'mean',
    epochs: 1000,
  },
};
const config = tinyConfig(input);

describe('a regression that a linear model can get right', () => {
  let summary: RunSummary;
  let evaluations: Extract<SimulatedLine, { type: 'evaluated' }>[];
  beforeAll(async () => {
    const run = await startRun(config, freshPath(), 2);
    summary = await run.toEnd();
    evaluations = journalOf(summary.runDir).flatMap((line) =>
      line.type === 'evaluated' ? [line] : [],
    );
  });

  it('is learnt, with one journal whatever the threads, stopped and resumed', async () => {
    const [first, last] = [evaluations[0]!, evaluations.at(-1)!];
    expect(first.rmse).toBeGreaterThan(1);
    expect(last.rmse).toBeLessThan(0.001);
    expect(last.r2).toBeGreaterThan(0.999);
    const run = await startRun(config);
    const { runDir } = await run.toEnd({ until: { round: 7 } });
    const resumed = await VirtualRun.resume(runDir, { threads: 2 });
    expect((await resumed.toEnd()).journalHash).toBe(summary.journalHash);
  });

  it('has the errors that its last parameters make', async () => {
    const { test } = (await loadModule({ name: 'module', path }, '.')).splits;
    const parameters = modelParameters(modelSpec(config.model as BuiltInModel));
    const file = join(summary.runDir, 'model.safetensors');
    const { vector: theta } = decodeParameters(readFileSync(file), parameters, file);
    let [squares, absolute] = [0, 0];
    for (let item = 0; item < test.items; item += 1) {
      for (let j = 0; j < 2; j += 1) {
        let output = theta[16 + j]!;
        for (let k = 0; k < 8; k += 1) output += test.inputs[item * 8 + k]! * theta[k * 2 + j]!;
        const difference = output - test.targets[item * 2 + j]!;
        squares += difference ** 2;
        absolute += Math.abs(difference);
      }
    }
    const { loss, rmse, mae } = evaluations.at(-1)!;
    // Those of the run are rounded to float32 on the way.
    expect(rmse).toBeCloseTo(Math.sqrt(squares / 1400), 5);
    expect(mae).toBeCloseTo(absolute / 1400, 5);
    expect(loss).toBeCloseTo(squares / 2 / 700, 6);
  });

  it('has errors instead of accuracies in all that it leaves', async () => {
    await writeRunReport(summary.runDir);
    const [{ accuracy, confusion }] = evaluations as [(typeof evaluations)[0]];
    expect([accuracy, confusion]).toEqual([undefined, undefined]);
    const { rmse } = evaluations.at(-1)!;
    expect(summary).toMatchObject({
      accuracy: { final: null, best: null },
      rmse: { final: rmse },
      loss: { final: evaluations.at(-1)!.loss },
    });
    const [header, ...rows] = readFileSync(join(summary.runDir, 'metrics.csv'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const at = (name: string) => header!.indexOf(name);
    expect(rows.at(-1)![at('rmse')]).toBe(`${rmse}`);
    expect(rows.at(-1)![at('accuracy')]).toBe('');
    const svg = readFileSync(join(summary.runDir, 'plot.svg'), 'utf8');
    expect(XMLValidator.validate(svg)).toBe(true);
    expect(svg).toContain('>RMSE on the test set<');
    expect(svg).not.toMatch(/accuracy|undefined|NaN/i);
    const provenance = JSON.parse(readFileSync(join(summary.runDir, 'provenance.json'), 'utf8'));
    const { stdout } = spawnSync('sha256sum', [path], { encoding: 'utf8' });
    expect(stdout).toContain(provenance.inputs.files[path]);
  });
});

it('prints the error in the closing table, and a study of it compares errors', async () => {
  const file = configFile(input);
  const { code, stdout } = await edgemlsim('run', file, '--out', freshPath());
  expect(code).toBe(0);
  expect(stdout).toMatch(/^RMSE +final 0\.00\d+, best 0\.00\d+$/m);
  expect(stdout).not.toMatch(/accuracy|undefined/);
  const study = join(file, '..', 'own.study.yaml');
  const rates = { slow: { 'training.learningRate': 0.001 }, fast: null };
  writeFileSync(
    study,
    JSON.stringify({ name: 'rates', base: file, seeds: 2, grid: { rate: rates } }),
  );
  const folder = freshPath();
  const compared = await edgemlsim('study', study, '--out', folder, '--jobs', '1');
  expect(compared.stderr).not.toContain('undefined');
  expect(compared.code).toBe(0);
  expect(compared.stdout).toMatch(/^arm +runs +diverged +RMSE +vs first arm +best +loss/m);
  expect(compared.stdout).toMatch(/^fast +2 +0 +0\.\d+ ± \d\.\d+ +-1\.\d+ ± /m);
  expect(compared.stdout).not.toMatch(/accuracy|undefined|NaN|to reach/);
  expect(readFileSync(join(folder, 'study.svg'), 'utf8')).toContain('>RMSE<');
});
