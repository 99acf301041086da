import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Parameter } from '#src/learning/engine.js';
import type { EngineName } from '#src/learning/engine-name.js';
import { decodeParameters } from '#src/learning/parameter-file.js';
import { edgemlsim } from '../cli/program.ts';
import { modelFile } from '../learning/tfjs/model-files.ts';
import { type TinyInput, tinyConfig } from '../worlds/tiny-config.ts';
import { checkpointsOf, configFile, edgemlsim as startedProgram, until } from './children.ts';
import { freshPath, journalOf, startRun } from './run-folders.ts';

/** Random numbers in its initialisers and in its dropout. */
const MODEL = `export default ({ tf, inputs, classes, options }) => tf.sequential({ layers: [
    tf.layers.dense({ inputShape: [inputs], units: options.hidden, activation: 'elu' }),
    tf.layers.dropout({ rate: 0.3 }),
    tf.layers.dense({ units: classes }),
  ] });
  export const loss = (targets, outputs) => outputs.logSoftmax().mul(targets).sum(1).neg();`;

/** The tiny experiment, learning with a model of the user's. */
export function withOwnModel(
  engine: EngineName,
  changes: Partial<TinyInput> = {},
): Partial<TinyInput> {
  const model = { kind: 'module', path: modelFile(MODEL), options: { hidden: 7 } } as const;
  return { engine, model, ...changes };
}

const PARAMETERS: Parameter[] = [
  { name: 'dense-1/kernel', kind: 'weights', shape: [8, 7], offset: 0, length: 56 },
  { name: 'dense-1/bias', kind: 'biases', shape: [7], offset: 56, length: 7 },
  { name: 'dense-2/kernel', kind: 'weights', shape: [7, 3], offset: 63, length: 21 },
  { name: 'dense-2/bias', kind: 'biases', shape: [3], offset: 84, length: 3 },
];

async function learn(changes: Partial<TinyInput>, threads = 1) {
  const runDir = freshPath();
  const run = await startRun(tinyConfig(changes), runDir, threads);
  const { journalHash } = await run.toEnd();
  const file = join(runDir, 'model.safetensors');
  const { vector } = decodeParameters(readFileSync(file), PARAMETERS, file);
  return { runDir, journalHash, file, vector };
}

/** Tests whole runs of an engine, with a model of the user's. */
export function describeRuns(engine: EngineName): void {
  describe(`a run on ${engine}`, () => {
    test('has the same journal at one and two threads, killed with -9 and resumed', async () => {
      const changes = withOwnModel(engine, {
        training: { maximumRounds: 16, learningRate: 0.01 },
        checkpoints: { everyRounds: 2 },
      });
      const { journalHash, runDir } = await learn(changes);
      expect((await learn(changes, 2)).journalHash).toBe(journalHash);
      expect(journalOf(runDir)).toContainEqual(
        expect.objectContaining({ type: 'started', engine }),
      );

      const killed = freshPath();
      const child = startedProgram(['run', configFile(changes), '--out', killed, '--threads', '2']);
      await until(child, () => checkpointsOf(killed).length > 1);
      child.process.kill('SIGKILL');
      expect((await child.ended).signal).toBe('SIGKILL');
      const { code, stdout, stderr } = await edgemlsim('resume', killed, '--json');
      expect({ code, stderr }).toMatchObject({ code: 0 });
      expect(JSON.parse(stdout)).toMatchObject({ status: 'done', journalHash });
    });

    test('starts from the parameters of another, and flips the weights alone where configured', async () => {
      const training = { maximumRounds: 1, learningRate: 0.01 };
      const first = await learn(withOwnModel(engine, { training }));
      const own = withOwnModel(engine, { training });
      const model = { ...own.model, init: first.file } as NonNullable<TinyInput['model']>;
      const honest = await learn({ ...own, model });
      const attack = { rule: 'sign-flip', parameters: 'weights', byzantine: { fraction: 1 } };
      const layers = {
        edge: { collect: { count: 3 }, deadlineS: 4 },
        worker: { gradientS: 0.7, attack },
      };
      const flipped = await learn({ ...own, model, layers });
      for (const { kind, offset, length } of PARAMETERS) {
        for (let i = offset; i < offset + length; i += 1) {
          const step = honest.vector[i]! - first.vector[i]!;
          const other = flipped.vector[i]! - first.vector[i]!;
          expect(Math.abs(other - (kind === 'weights' ? -step : step))).toBeLessThan(1e-6);
        }
      }
      const moved = honest.vector.filter((value, i) => Math.abs(value - first.vector[i]!) > 1e-4);
      expect(moved.length).toBeGreaterThan(40);
    });
  });
}
