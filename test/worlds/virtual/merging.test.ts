import { expect, it } from 'vitest';
import type { ReplicaState } from '#src/nodes/hierarchy/replica-state.js';
import { InProcessWorld } from '../in-process-world.ts';
import { only } from '../only.ts';
import { expectConserved, treeConfig } from '../tree-laws.ts';

it('an update by itself counts 1 / the children that have not finished', async () => {
  // In each window worker 1 is the first with its update, and worker 4 the last.
  const speeds = { 'worker-1': 0.8, 'worker-2': 0.4, 'worker-3': 0.3, 'worker-4': 0.2 };
  const world = await InProcessWorld.open(
    treeConfig({
      tree: [1, 4],
      sensors: { count: 4, itemsPerS: 5 },
      windows: {
        ...{ everyS: 2, count: 3 },
        workers: { 'worker-1': { count: 1 }, 'worker-2': { count: 2 } },
      },
      layers: {
        cloud: { collect: 'each' },
        worker: {
          link: { latencyMs: 1 },
          nodes: Object.fromEntries(
            Object.entries(speeds).map(([worker, speedMflops]) => [worker, { speedMflops }]),
          ),
        },
      },
    }),
  );
  await world.run();
  expectConserved(world);
  const merged = only(world.lines, 'update-ended').map(({ node }) => Number(node.at(-1)));
  expect(merged).toEqual([1, 2, 3, 4, 2, 3, 4, 3, 4]);
  // One that is done counts in its last update, and no more after it.
  const active = only(world.lines, 'updated').map(({ learningRate }) => 1 / learningRate);
  expect(active).toEqual([4, 3, 3, 3, 3, 2, 2, 2, 1]);
});

type Step = (change: number[]) => number[];

/** Server optimisers of Reddi et al. (ICLR 2021), on the mean change that was merged: what is added to the model. */
const optimisers: [string, object, number, () => Step][] = [
  ['SGD with rate 1', { name: 'sgd' }, 1, () => (change) => change],
  [
    'SGD with momentum (FedAvgM)',
    { name: 'sgd', momentum: 0.9 },
    0.5,
    () => {
      let m: number[] | null = null;
      return (change) => {
        m = change.map((d, i) => 0.9 * (m?.[i] ?? 0) + d);
        return m.map((each) => 0.5 * each);
      };
    },
  ],
  [
    'AdaGrad (FedAdagrad)',
    { name: 'adagrad', epsilon: 1e-3 },
    0.1,
    () => {
      let v: number[] | null = null;
      return (change) => {
        v = change.map((d, i) => (v?.[i] ?? 0) + d * d);
        return change.map((d, i) => (0.1 * d) / (Math.sqrt(v![i]!) + 1e-3));
      };
    },
  ],
  [
    'Adam (FedAdam)',
    { name: 'adam', beta2: 0.99, epsilon: 1e-3, biasCorrection: false },
    0.1,
    () => {
      let [m, v]: [number[] | null, number[] | null] = [null, null];
      return (change) => {
        m = change.map((d, i) => 0.9 * (m?.[i] ?? 0) + 0.1 * d);
        v = change.map((d, i) => 0.99 * (v?.[i] ?? 0) + 0.01 * d * d);
        return m.map((each, i) => (0.1 * each) / (Math.sqrt(v![i]!) + 1e-3));
      };
    },
  ],
];

it.each(optimisers)(
  'the root takes the merged change as a negated gradient: %s',
  async (_, rootOptimiser, rootLearningRate, open) => {
    const world = await InProcessWorld.open(
      treeConfig({
        tree: [1, 3],
        rounds: {
          mode: 'hierarchical',
          pace: 'synchronous',
          rootLearningRate,
          rootOptimiser: rootOptimiser as { name: 'sgd' },
        },
        layers: { worker: { speedMflops: 0.2 } },
      }),
    );
    const step = open();
    const { values } = world;
    const root = world.world.state.cloud as ReplicaState;
    const theta = () => [...values.vector(root.model.theta!)];
    const first = theta();
    let expected = first;
    let merges = 0;
    let merged: number[] | null = null;
    while (world.world.state.ended === null) {
      await world.step();
      await world.computations.drain();
      const rounds = root.rounds;
      if (rounds > merges) {
        merges = rounds;
        const added = step(merged!);
        expected = expected.map((each, i) => each + added[i]!);
        for (const [i, each] of theta().entries()) expect(each).toBeCloseTo(expected[i]!, 4);
      }
      for (const { event } of world.world.state.queue.heap) {
        if (event.type !== 'timer' || event.timer.kind !== 'aggregated') continue;
        // The result is the mean of base less model: what was learnt, negated.
        merged = [...values.vector(event.timer.value)].map((each) => -each);
      }
    }
    expect(merges).toBe(4);
    const moved = Math.hypot(...expected.map((each, i) => each - first[i]!));
    expect(moved).toBeGreaterThan(0.1);
  },
);
