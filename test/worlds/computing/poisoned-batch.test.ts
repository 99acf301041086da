import { describe, expect, it } from 'vitest';
import { bindKernels } from '#src/kernels/kernels.js';
import { createKernelMemory } from '#src/kernels/memory.js';
import type { Dataset } from '#src/learning/dataset.js';
import type { MlpSpec } from '#src/learning/engine.js';
import { openEngine } from '#src/learning/open-engine.js';
import { createOptimiser } from '#src/learning/optimisers/index.js';
import { placeDataset } from '#src/learning/placed-dataset.js';
import { builtInReference, loadDataAttack } from '#src/rules/running/load.js';
import { triggerTally } from '#src/worlds/computing/poisoned-batch.js';
import { runTask, type TaskRunner } from '#src/worlds/computing/run-task.js';
import type { TaskResult } from '#src/worlds/computing/task.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';
import { expectSameBits } from '../../kernels/bits.ts';
import { plainGradient } from '../../learning/plain-network.ts';

/** Images of 2 x 2 pixels; the lower right one is dark in all of them. */
const rows = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
  [1, 1, 0, 0],
  [1, 0, 1, 0],
];
const labels = [0, 1, 2, 1, 0];
const spec: MlpSpec = {
  kind: 'mlp',
  layers: [4, 3],
  activation: 'relu',
  initialisation: 'xavier-uniform',
};

async function runnerWith(attack: string, options: Record<string, unknown>) {
  const split = {
    items: rows.length,
    inputs: Float32Array.from(rows.flat()),
    targets: Uint8Array.from(labels),
    scale: 1,
  };
  const dataset: Dataset = {
    ...{ name: 'images', features: 4, classes: 3, outputs: 3, sha256: '' },
    splits: { train: split, validation: split, test: split },
  };
  const memory = createKernelMemory();
  const kernels = bindKernels(memory);
  const data = placeDataset(kernels, dataset);
  const engine = await openEngine(kernels, { engine: 'reference', model: spec, data });
  const poison = await loadDataAttack(builtInReference('attacks', attack, options));
  const optimiser = createOptimiser({
    ...{ name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
  });
  const runner: TaskRunner = {
    training: { momentum: null, clipNorm: null, weightDecay: 0 },
    ...{
      kernels,
      engine,
      data,
      poison,
      optimiser,
      windows: null,
      seed: 1,
      split: 'test',
      intakes: new Map(),
      triggers: new Map(),
      scratch: new VectorMemory(memory, engine.dimension),
    },
  };
  const vectors = new VectorMemory(memory, engine.dimension);
  return { runner, vectors };
}

describe('a gradient on poisoned samples', () => {
  const items = [4, 2, 1];
  const theta = Float32Array.from({ length: 15 }, (_, i) => Math.fround(0.1 * (i - 7)));

  async function gradientWith(attack: string, options: Record<string, unknown>) {
    const { runner, vectors } = await runnerWith(attack, options);
    const [at, out] = [vectors.allocate(), vectors.allocate()];
    vectors.at(at).set(theta);
    const task = {
      kind: 'gradient',
      theta: at,
      thetaId: 0,
      items: Uint32Array.from(items),
    } as const;
    const result = runTask(runner, {
      ...task,
      poisoned: true,
      streamPrefix: 's',
      factor: 1,
      steps: 1,
      learningRate: 0,
      out,
    });
    return { gradient: vectors.at(out), result };
  }

  it('is the one that plain loops compute with flipped labels', async () => {
    const { gradient, result } = await gradientWith('label-flip', {});
    const inputs = items.map((item) => Float32Array.from(rows[item]!));
    const flipped = items.map((item) => 2 - labels[item]!);
    const expected = plainGradient(spec, theta, inputs, flipped);
    expectSameBits(gradient, expected.gradient);
    expect(result).toEqual({ kind: 'gradient', loss: expected.loss / 3, finite: true });
  });

  it('is the one that plain loops compute on stamped pixels', async () => {
    const { gradient } = await gradientWith('backdoor', { size: 1, share: 1, target: 2 });
    const inputs = items.map((item) => Float32Array.from([...rows[item]!.slice(0, 3), 1]));
    expectSameBits(gradient, plainGradient(spec, theta, inputs, [2, 2, 2]).gradient);
  });
});

describe('the success of a back door', () => {
  it('counts items of other classes that the model takes for the target', () => {
    // Row = true class. Of 3 + 4 + 5 and 6 + 7 + 8 items, 4 and 7 are taken for class 1.
    const confusion = Uint32Array.of(3, 4, 5, 100, 100, 100, 6, 7, 8);
    expect(triggerTally({ lossSum: 0, confusion }, 1)).toEqual({ tried: 33, fooled: 11 });
    expect(triggerTally({ lossSum: 0, confusion }, 0)).toEqual({ tried: 321, fooled: 106 });
  });

  /** Class 2 says `weight` times the lower right pixel; the others say 0.5 and 0. */
  async function evaluationOf(weight: number): Promise<TaskResult & { kind: 'evaluate' }> {
    const { runner, vectors } = await runnerWith('backdoor', { size: 1, share: 0, target: 2 });
    const at = vectors.allocate();
    const theta = vectors.at(at).fill(0);
    theta[3 * 3 + 2] = weight;
    theta[12] = 0.5;
    const result = await runTask(runner, {
      kind: 'evaluate',
      theta: at,
      thetaId: 0,
      from: 0,
      to: 5,
    });
    return result as TaskResult & { kind: 'evaluate' };
  }

  it('is whole for a model that looks at the trigger alone, and says nothing of clean items', async () => {
    const open = await evaluationOf(1);
    // Without the trigger everything is taken for class 0: two of the items are of it.
    expect('confusion' in open && [...open.confusion]).toEqual([2, 0, 0, 2, 0, 0, 1, 0, 0]);
    expect(open.trigger).toEqual({ tried: 4, fooled: 4 });
  });

  it('is none for a model that does not look there', async () => {
    expect((await evaluationOf(0)).trigger).toEqual({ tried: 4, fooled: 0 });
  });
});
