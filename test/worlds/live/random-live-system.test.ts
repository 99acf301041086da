import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Config } from '#src/config/config-schema.js';
import { InputError } from '#src/errors.js';
import type { SimulatedLine } from '#src/journal/events.js';
import { checkInside } from '../aggregation-checks.ts';
import { InProcessWorld } from '../in-process-world.ts';
import { randomSystem } from '../virtual/random-system.ts';
import { checkFailures } from './failure-checks.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

/** Fast: what a computer needs for a message lasts as long as a slow link's messages. */
const SPEED = 150;

/** The same system in both worlds; null when no worker meets a server. */
async function inBothWorlds(drawn: Config) {
  const config: Config = { ...drawn, world: 'live', live: { ...drawn.live, speed: SPEED } };
  try {
    const virtual = await InProcessWorld.open(config);
    await virtual.run();
    const live = await InProcessLiveWorld.open(config);
    await live.run();
    return { virtual, live };
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** Nodes turn Byzantine and honest in the order in which they do in the virtual world. */
function checkTurns(live: readonly SimulatedLine[], virtual: readonly SimulatedLine[]): void {
  const turns = (lines: readonly SimulatedLine[]) =>
    lines.flatMap((line) =>
      line.type === 'turned-byzantine' || line.type === 'turned-honest'
        ? [`${line.type} ${line.node} ${line.server}`]
        : [],
    );
  const [here, there] = [turns(live), turns(virtual)];
  const both = Math.min(here.length, there.length);
  expect(here.slice(0, both)).toEqual(there.slice(0, both));
}

it('keeps right books in small live systems of every shape, whatever goes wrong', async () => {
  const seen = new Set<string>();
  let played = 0;
  for (const drawn of fc.sample(randomSystem, { seed: 2, numRuns: 60 })) {
    const worlds = await inBothWorlds(drawn);
    if (worlds === null) continue;
    played += 1;
    const { live, virtual } = worlds;
    const lines = live.simulated;
    expect(live.record.violations).toEqual([]);
    checkFailures(lines, { isSynchronous: drawn.rounds.mode === 'synchronous', hearsAtOnce: true });
    checkInside(lines);
    checkTurns(lines, virtual.lines);
    expect(lines.filter(({ type }) => type === 'run-ended')).toEqual([lines.at(-1)]);
    for (const line of lines) {
      seen.add(line.type === 'message-lost' ? `lost: ${line.reason}` : line.type);
    }
  }
  expect(played).toBeGreaterThan(30);
  // What happens in many of them, however slow the machine.
  expect([...seen]).toEqual(
    expect.arrayContaining([
      ...['crashed', 'recovered', 'cut', 'restored', 'turned-byzantine', 'turned-honest'],
      ...['message-repeated', 'lost: link', 'lost: crashed'],
    ]),
  );
});
