import { describe, expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { InProcessWorld } from '../in-process-world.ts';
import { type TinyInput, tinyConfig, tinyInput } from '../tiny-config.ts';
import { treeConfig } from '../tree-laws.ts';

async function play(changes: Partial<TinyInput>): Promise<SimulatedLine[]> {
  const world = await InProcessWorld.open(tinyConfig(changes));
  await world.run();
  return world.lines;
}

describe('round in a learning rate is the number of updates made before', () => {
  it.each(['synchronous', 'asynchronous'] as const)('at the cloud, in %s rounds', async (mode) => {
    // Lost results make rounds without an update, which do not count.
    const lines = await play({
      rounds: { mode },
      layers: {
        ...tinyInput.layers,
        cloud: { deadlineS: 8 },
        edge: { ...tinyInput.layers.edge, link: { loss: 0.6 } },
      },
      training: { maximumRounds: 25, learningRate: '1 / (4 + round)' },
    });
    const updates = lines.flatMap((line) => (line.type === 'updated' ? [line] : []));
    if (mode === 'synchronous') expect(updates.length).toBeLessThan(25);
    expect(updates.length).toBeGreaterThan(5);
    for (const [before, { learningRate }] of updates.entries()) {
      expect(learningRate).toBe(1 / (4 + before));
    }
  });

  it('at workers, from 0', async () => {
    const withRate = (localLearningRate: number | string) =>
      play({
        layers: {
          ...tinyInput.layers,
          worker: { gradientS: 0.7, training: { localSteps: 2, localLearningRate } },
        },
        training: { maximumRounds: 2, learningRate: 0.01 },
      });
    const norms = (lines: SimulatedLine[]) =>
      lines.flatMap((line) => (line.type === 'updated' ? [line.thetaNorm] : []));
    const atFirst = norms(await withRate(0.05));
    const later = norms(await withRate(0.4));
    const [first, second] = norms(await withRate('round == 0 ? 0.05 : 0.4'));
    expect(first).toBe(atFirst[0]);
    expect(first).not.toBe(later[0]);
    expect(second).not.toBe(atFirst[1]);
  });

  it('at workers of a tree: of the model of each, where dropped windows make none', async () => {
    // An item takes 0.7 s, and one comes each second: 2 s of items take 1.4 s in one epoch, and three
    // epochs 4.2 s. Windows 1 to 4 close at 2, 4, 6 and 8 s. The worker trains on 1 from 2 to 6.2 s,
    // keeps 2, drops 3 at 6 s, trains on 2 from 6.2 to 10.4 s, and then on 4, which it has kept at 8 s.
    const world = await InProcessWorld.open(
      treeConfig({
        tree: [1, 1],
        windows: { everyS: 2, count: 4, epochs: 3, queue: { length: 1, full: 'skip' } },
        sensors: { count: 1, itemsPerS: 1 },
      }),
    );
    const asked: number[] = [];
    const hierarchy = world.composition.settings.hierarchy!;
    hierarchy.itemUs = new Map([...hierarchy.itemUs.keys()].map((worker) => [worker, 700_000]));
    hierarchy.training.learningRate = ({ round }) => {
      asked.push(round);
      return 0.1;
    };
    await world.run();
    const windows = (type: string) =>
      world.lines.flatMap((line) => (line.type === type && 'window' in line ? [line.window] : []));
    expect(windows('window-trained')).toEqual([1, 2, 4]);
    expect(windows('window-dropped')).toEqual([3]);
    expect(asked).toEqual([0, 1, 2]);
  });
});
