import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import {
  allGone,
  type LiveProcess,
  LiveRunUnderTest,
  type LiveStatus,
  summaryOf,
} from '../cli/live-run.ts';
import { drawnFor, times } from './soak.ts';

const FAULTS = times(500);
const PATIENCE_S = 4;
const layers = 'layers={cloud: {deadlineS: 20}, edge: {collect: {count: 2}, deadlineS: 8}}';

const random = drawnFor('soak');

/** Resident memory of a process, in bytes; null when it is gone. */
function residentBytes(pid: number): number | null {
  try {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? null : Number(found[1]) * 1024;
  } catch {
    return null;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It was gone already.
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const faults: Record<string, (victim: LiveProcess, run: LiveRunUnderTest) => Promise<void>> = {
  killed: async ({ pid }) => signal(pid, 'SIGKILL'),
  'stopped for a moment': async ({ pid }) => {
    signal(pid, 'SIGSTOP');
    await wait(200 + random.float() * 1500);
    signal(pid, 'SIGCONT');
  },
  'stopped for good': async ({ pid }) => signal(pid, 'SIGSTOP'),
  'paused with everybody': async (_, run) => {
    await run.control('pause');
    await wait(random.float() * 500);
    await run.control('continue');
  },
};

/** A kill is what happens most. */
function anyFault(): string {
  const draw = random.float();
  if (draw < 0.55) return 'killed';
  if (draw < 0.8) return 'stopped for a moment';
  return draw < 0.9 ? 'stopped for good' : 'paused with everybody';
}

it(`survives ${FAULTS} random faults, its counts right and its memory flat`, async () => {
  const run = new LiveRunUnderTest([
    ...[layers, 'training.epochs=1000000', 'live.speed=10', 'live.workerProcesses=3'],
    ...[`live.patienceS=${PATIENCE_S}`, 'checkpoints.everyRounds=10'],
  ]);
  const seen = new Map<number, LiveProcess>();
  const counts: Record<string, number> = {};
  const coordinatorBytes: number[] = [];
  for (let count = 0; count < FAULTS; ) {
    // Several may be missing at a time.
    const there = ({ processes }: LiveStatus) => processes.filter(({ isLost }) => !isLost);
    const present = there(await run.until((status) => there(status).length > 3));
    for (const each of present) seen.set(each.pid, each);
    const victim = present[random.integer(present.length)]!;
    const fault = anyFault();
    await faults[fault]!(victim, run);
    counts[fault] = (counts[fault] ?? 0) + 1;
    count += 1;
    coordinatorBytes.push(residentBytes(run.child.pid!)!);
    await wait(random.float() * 1000);
    if (count % 20 === 0) {
      const { rounds } = await run.record();
      const mib = Math.round(coordinatorBytes.at(-1)! / 2 ** 20);
      console.log(`${count} faults, ${rounds} rounds, coordinator ${mib} MiB`);
    }
  }
  console.log(counts);
  const { processes } = await run.underWay();
  // A process that is stopped cannot see that its coordinator is gone.
  for (const { pid } of seen.values()) signal(pid, 'SIGCONT');
  run.child.kill('SIGKILL');
  await run.child.outcome;
  await allGone([...seen.values(), ...processes]);
  const before = await run.record();
  run.resume();
  const others = (await run.underWay()).processes;
  while ((await run.record()).rounds <= before.rounds) await wait(200);
  await run.control('stop');
  const outcome = await run.child.outcome;
  expect(summaryOf(outcome)).toMatchObject({ status: 'stopped' });
  await allGone(others);
  const record = await run.expectConservation();
  expect(record.failures.crashes).toBeGreaterThan(FAULTS / 10);
  expect(record.rounds).toBeGreaterThan(FAULTS / 4);
  // Memory that a few faults have left says nothing.
  if (FAULTS < 100) return;
  const quarter = Math.floor(FAULTS / 4);
  const early = median(coordinatorBytes.slice(quarter, 2 * quarter));
  const late = median(coordinatorBytes.slice(3 * quarter));
  console.log(
    `coordinator: ${early / 2 ** 20} MiB in the second quarter, ${late / 2 ** 20} in the last`,
  );
  expect(late).toBeLessThan(early * 1.2 + 16 * 2 ** 20);
});
