import { expect, it } from 'vitest';
import { bindKernels } from '#src/kernels/kernels.js';
import { createKernelMemory } from '#src/kernels/memory.js';
import { makeSynthetic } from '#src/learning/datasets/synthetic.js';
import type { MlpSpec } from '#src/learning/engine.js';
import type { EngineName } from '#src/learning/engine-name.js';
import { openEngine } from '#src/learning/open-engine.js';
import { createOptimiser } from '#src/learning/optimisers/index.js';
import { placeDataset } from '#src/learning/placed-dataset.js';
import { runTask, type TaskRunner } from '#src/worlds/computing/run-task.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';
import { expectSameBits } from '../../kernels/bits.ts';

const { fround } = Math;

/** That an engine takes a worker's steps one after the other, each on its own batch. */
export function testWorkerSteps(engineName: EngineName): void {
  it(`a worker's steps in ${engineName} are gradients at places one after the other`, async () => {
    const memory = createKernelMemory();
    const kernels = bindKernels(memory);
    const dataset = makeSynthetic({
      ...{ name: 'synthetic', features: 5, classes: 3, trainItems: 40, testItems: 10, seed: 1 },
    });
    const data = placeDataset(kernels, dataset);
    const model: MlpSpec = {
      ...{ kind: 'mlp', layers: [5, 4, 3], activation: 'relu', initialisation: 'xavier-uniform' },
    };
    const engine = await openEngine(kernels, { engine: engineName, model, data });
    const runner: TaskRunner = {
      ...{
        kernels,
        engine,
        data,
        poison: null,
        windows: null,
        seed: 1,
        split: 'test',
        intakes: new Map(),
        triggers: new Map(),
        scratch: new VectorMemory(memory, engine.dimension),
      },
      training: { momentum: null, clipNorm: null, weightDecay: 0 },
      optimiser: createOptimiser({
        ...{ name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
      }),
    };
    const vectors = new VectorMemory(memory, engine.dimension);
    const [at, out, moving, into] = Array.from({ length: 4 }, () => vectors.allocate());
    const theta = vectors.at(at!);
    theta.set(theta.map((_, i) => Math.sin(i)));
    const before = theta.slice();
    const items = Uint32Array.from({ length: 12 }, (_, i) => (7 * i) % 40);
    const result = await runTask(runner, {
      ...{
        kind: 'gradient',
        theta: at!,
        thetaId: 0,
        items,
        poisoned: false,
        streamPrefix: 's',
        factor: 0.25,
      },
      ...{ steps: 3, learningRate: 0.1, out: out! },
    });

    let place = before;
    let sum = new Float32Array(engine.dimension);
    let loss = 0;
    for (let step = 0; step < 3; step += 1) {
      vectors.at(moving!).set(place);
      const batch = items.slice(4 * step, 4 * step + 4);
      loss += await engine.gradient(vectors.at(moving!), batch, vectors.at(into!));
      const gradient = vectors.at(into!).map((x) => fround(x * 0.25));
      sum = sum.map((x, i) => fround(x + gradient[i]!));
      place = place.map((x, i) => fround(x - fround(fround(0.1) * gradient[i]!)));
    }
    expectSameBits(vectors.at(out!), sum);
    expectSameBits(theta, before);
    expect(result).toEqual({ kind: 'gradient', loss: loss / 12, finite: true });
    engine.close?.();
  });
}
