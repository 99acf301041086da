import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Config } from '#src/config/config-schema.js';
import { InputError } from '#src/errors.js';
import type { SimulatedLine } from '#src/journal/events.js';
import { caseCount } from '../../case-count.ts';
import { inTurns } from '../../in-turns.ts';
import { checkInside } from '../aggregation-checks.ts';
import { InProcessWorld } from '../in-process-world.ts';
import { checkTransfers } from '../transfer-laws.ts';
import { randomSystem } from '../virtual/random-system.ts';
import { checkFailures } from './failure-checks.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

/** Fast: what a computer needs for a message lasts as long as a slow link's messages. */
const SPEED = 150;

const SEED = Number(process.env.SOAK_SEED ?? 2);

/** A system and what it comes to in the virtual world. */
interface Drawn {
  config: Config;
  lines: readonly SimulatedLine[];
}

/** Those in which some worker meets a server. */
async function playedVirtually(systems: readonly Config[]): Promise<Drawn[]> {
  const played: Drawn[] = [];
  for (const drawn of systems) {
    const config: Config = { ...drawn, world: 'live', live: { ...drawn.live, speed: SPEED } };
    try {
      const world = await InProcessWorld.open(config);
      await world.run();
      played.push({ config, lines: world.lines });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return played;
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

it('gives every gradient one end in small live systems of every shape, whatever goes wrong', async () => {
  const seen = new Set<string>();
  const numRuns = caseCount({ test: 24, soak: 400 });
  const systems = await playedVirtually(fc.sample(randomSystem, { seed: SEED, numRuns }));
  expect(systems.length).toBeGreaterThan(numRuns / 2);
  // Some at a time: most of the time they wait for what happens in them.
  await inTurns(4, systems, async ({ config, lines: virtual }) => {
    const live = await InProcessLiveWorld.open(config);
    await live.run();
    const lines = live.simulated;
    expect(live.record.violations).toEqual([]);
    checkFailures(lines, {
      isSynchronous: config.rounds.mode === 'synchronous',
      hearsAtOnce: true,
    });
    checkInside(lines);
    checkTransfers(lines, false);
    checkTurns(lines, virtual);
    expect(lines.filter(({ type }) => type === 'run-ended')).toEqual([lines.at(-1)]);
    for (const line of lines) {
      seen.add(line.type === 'message-lost' ? `lost: ${line.reason}` : line.type);
    }
  });
  // Events that happen in many of them, however slow the machine.
  expect([...seen]).toEqual(
    expect.arrayContaining([
      ...['crashed', 'recovered', 'cut', 'restored', 'turned-byzantine', 'turned-honest'],
      ...['message-repeated', 'lost: link', 'lost: crashed'],
    ]),
  );
});
