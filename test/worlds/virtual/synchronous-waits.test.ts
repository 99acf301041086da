import { expect, it } from 'vitest';
import { InProcessWorld } from '../in-process-world.ts';
import { only } from '../only.ts';
import { expectConserved, treeConfig } from '../tree-laws.ts';

// A request is repeated after 1 s, and the slow worker trains for longer than that.
const config = (model: 'replica' | 'relay', retryS: number) =>
  treeConfig({
    tree: [1, 2, 4],
    rounds: { mode: 'hierarchical', pace: 'synchronous', retryS },
    windows: { items: 6, count: 4 },
    sensors: undefined,
    layers: {
      edge: { model },
      worker: {
        speedMflops: 0.02,
        link: { latencyMs: 20 },
        nodes: { 'worker-1': { speedMflops: 0.0007 } },
      },
    },
  });

const linesOf = async (model: 'replica' | 'relay', retryS: number) => {
  const world = await InProcessWorld.open(config(model, retryS));
  await world.run();
  expectConserved(world);
  return world.lines;
};

it.each(['replica', 'relay'] as const)(
  'a worker waits for its siblings however long they train (%s)',
  async (model) => {
    const lines = await linesOf(model, 0.5);
    const busyS = only(lines, 'window-trained').map(({ busyUs }) => busyUs / 1e6);
    expect(Math.max(...busyS)).toBeGreaterThan(5 * 0.5);
    for (const { server, vectors, senders } of only(lines, 'aggregated')) {
      expect({ server, vectors, senders }).toEqual({ server, vectors: 2, senders: 2 });
    }
    // Requests that are repeated change nothing else either.
    const models = (all: typeof lines) =>
      only(all, 'model-received').map(({ n: _, ...line }) => line);
    expect(models(lines)).toEqual(models(await linesOf(model, 1000)));
  },
);
