import { describe, expect, it } from 'vitest';
import type { SimulatedLine } from '#src/journal/events.js';
import { InProcessWorld } from '../in-process-world.ts';
import { type TinyInput, tinyConfig, tinyInput } from '../tiny-config.ts';

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
});
