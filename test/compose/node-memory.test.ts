import { expect, it } from 'vitest';
import { compose } from '#src/compose/compose.js';
import { TreeTally } from '#src/report/hierarchy/tree-tally.js';
import { InProcessWorld } from '../worlds/in-process-world.ts';
import type { TinyInput } from '../worlds/tiny-config.ts';
import { treeConfig } from '../worlds/tree-laws.ts';

// One worker: 5 items a second, windows of 2 s, so 10 items of `features` numbers of 4 bytes.
const sizes = async (changes: Partial<TinyInput>) => {
  const { settings, dataset } = await compose(treeConfig(changes));
  return { vector: settings.dimension * 4, item: dataset.features * 4, settings };
};
const one = { tree: [1, 2, 4], sensors: { count: 4, itemsPerS: 5 } } satisfies Partial<TinyInput>;

it('adds up the vectors, a window, the updates and what children are known to have', async () => {
  const encoding = { down: { topK: 3 } };
  const layers = {
    edge: { collect: 'all' },
    cloud: { collect: 'each' },
    worker: { encoding },
  } satisfies TinyInput['layers'];
  const { vector, item, settings } = await sizes({ ...one, layers });
  const { needed } = settings.memory!;
  // Model, base, gradient, AdaGrad's sums, and the model that came last.
  expect(needed.get('worker-1')).toBe(5 * vector + 10 * item);
  // Model and base, an update of each of two workers, and what each of them has.
  expect(needed.get('edge-1')).toBe((2 + 2 + 2) * vector);
  // Model and base, and one update.
  expect(needed.get('cloud')).toBe(3 * vector);
});

it("counts Adam's two means, at a worker and at the root", async () => {
  const training = { learningRate: 0.1, optimiser: { name: 'adam' } } as const;
  const rounds = { mode: 'hierarchical', rootOptimiser: { name: 'adam' } } as const;
  const layers = { cloud: { collect: 'each' }, worker: { speedMflops: 0.02 } } as const;
  const { vector, item, settings } = await sizes({ ...one, training, rounds, layers });
  const { needed } = settings.memory!;
  expect(needed.get('worker-1')).toBe((3 + 2) * vector + 10 * item);
  expect(needed.get('cloud')).toBe((3 + 2) * vector);
});

it('refuses a node that cannot hold what it needs, and names it', async () => {
  const { vector, item } = await sizes(one);
  const bytes = 4 * vector + 10 * item;
  const withMemory = (memoryMb: number) =>
    compose(treeConfig({ ...one, layers: { worker: { memoryMb } } }));
  await expect(withMemory(bytes / 1e6)).resolves.toBeDefined();
  await expect(withMemory((bytes - 1) / 1e6)).rejects.toThrow('worker-1 needs at least');
});

it('reports the most that each node kept', async () => {
  const windows = { everyS: 2, count: 6, queue: { length: 2, full: 'skip' } } as const;
  // So slow that two windows wait while it trains on the first.
  const layers = { worker: { speedMflops: 0.0001 }, edge: { collect: 'each' } } as const;
  const changes = { ...one, windows, layers } satisfies Partial<TinyInput>;
  const { vector, item } = await sizes(changes);
  const world = await InProcessWorld.open(treeConfig(changes));
  await world.run();
  const tally = new TreeTally();
  for (const line of world.lines) tally.add(line);
  const bytes = new Map(tally.record()!.nodes.map(({ id, memoryBytes }) => [id, memoryBytes]));
  // 5 items a second for 6 windows of 2 s, those that were dropped included.
  const worker = tally.record()!.nodes.find(({ id }) => id === 'worker-1')!;
  expect(worker).toMatchObject({ items: 60, itemBytes: 60 * item });
  // A third one has come when it is dropped.
  expect(bytes.get('worker-1')).toBe(4 * vector + 4 * 10 * item);
  expect(bytes.get('edge-1')).toBe((2 + 1) * vector);
});
