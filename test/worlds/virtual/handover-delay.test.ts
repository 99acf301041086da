import { expect, it } from 'vitest';
import { handoverConfig, waitsOf } from '../handover-waits.ts';
import { InProcessWorld } from '../in-process-world.ts';
import { only } from '../only.ts';

const DELAY_S = 0.4;

async function play(delayS: number): Promise<InProcessWorld> {
  const world = await InProcessWorld.open(handoverConfig(delayS));
  await world.run();
  return world;
}

it('keeps a worker that is handed over from its new server for the delay', async () => {
  const [without, delayed] = [await play(0), await play(DELAY_S)];
  const plain = waitsOf(without.lines);
  expect(plain.length).toBeGreaterThan(1);
  // A model comes, with its latency alone.
  expect(Math.min(...plain)).toBeLessThan(DELAY_S * 1e6);
  expect(Math.min(...waitsOf(delayed.lines))).toBe(Math.min(...plain) + DELAY_S * 1e6);
  const handovers = only(delayed.lines, 'associate').filter(({ handover }) => handover);
  expect(new Set(handovers.map(({ delayUs }) => delayUs))).toEqual(new Set([DELAY_S * 1e6]));
  expect(only(without.lines, 'associate').some((line) => 'delayUs' in line)).toBe(false);
  expect(delayed.record.violations).toEqual([]);
  // Nothing of it is left when the contacts are over.
  expect(delayed.world.state.handedOver.size).toBeLessThanOrEqual(
    [...delayed.world.state.contacts.values()].reduce((sum, { size }) => sum + size, 0),
  );
});
