import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InputError } from '#src/errors.js';
import { inTurns } from '../../in-turns.ts';
import { randomSystem } from '../virtual/random-system.ts';
import { checkFailures } from './failure-checks.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

/** Processes that go, one after the other: which, and after how many characters of the journal. */
const losses = fc.array(
  fc.record({ slot: fc.nat(20), after: fc.integer({ min: 100, max: 4000 }) }),
  {
    minLength: 2,
    maxLength: 8,
  },
);

it('gives every gradient one end when processes go in systems with faults of every kind', async () => {
  const counts = { played: 0, lost: 0, crashed: 0, turned: 0 };
  const drawn = fc.sample(fc.tuple(randomSystem, losses), { seed: 4, numRuns: 20 });
  // Some at a time: most of the time they wait for what happens in them.
  await inTurns(4, drawn, async ([system, goes]) => {
    const config = { ...system, world: 'live' as const, live: { ...system.live, speed: 40 } };
    let live: InProcessLiveWorld;
    try {
      live = await InProcessLiveWorld.open(config);
    } catch (error) {
      // No worker meets a server in it.
      if (error instanceof InputError) return;
      throw error;
    }
    let isOver = false;
    const ended = live.run().then(() => {
      isOver = true;
    });
    for (const { slot, after } of goes) {
      await Promise.race([live.written(after), ended]);
      if (!isOver) live.kill(slot % live.coordinator.slots.length);
    }
    live.coordinator.end('stopped');
    await ended;
    expect(live.record.violations).toEqual([]);
    const { simulated } = live;
    checkFailures(simulated, {
      isSynchronous: system.rounds.mode === 'synchronous',
      hearsAtOnce: false,
    });
    expect(simulated.at(-1)!.type).toBe('run-ended');
    const versions = simulated.flatMap((line) => (line.type === 'updated' ? [line.version] : []));
    expect([...new Set(versions)].sort((a, b) => a - b)).toEqual(versions);
    counts.played += 1;
    counts.lost += live.lines.filter(({ type }) => type === 'process-lost').length;
    counts.crashed += simulated.filter(({ type }) => type === 'crashed').length;
    counts.turned += simulated.filter(({ type }) => type === 'turned-honest').length;
  });
  expect(counts.played).toBeGreaterThan(10);
  expect(counts.lost).toBeGreaterThan(counts.played);
  expect(counts.crashed).toBeGreaterThan(0);
  expect(counts.turned).toBeGreaterThan(0);
});
