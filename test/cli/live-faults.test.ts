import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { allGone, isAlive, type LiveProcess, LiveRunUnderTest, summaryOf } from './live-run.ts';

/** Goes on for as long as the test needs it. */
const forLong = ['training.epochs=1000', 'live.speed=40', 'live.workerProcesses=1'];

function status(run: LiveRunUnderTest): { status: string; error?: string } {
  return JSON.parse(readFileSync(join(run.runDir, 'status.json'), 'utf8'));
}

/** Lets it come to its end, and looks whether all is well. */
async function expectGoodEnd(run: LiveRunUnderTest, processes: readonly LiveProcess[]) {
  await run.control('stop');
  const outcome = await run.child.outcome;
  expect(outcome).toMatchObject({ code: 0 });
  expect(summaryOf(outcome)).toMatchObject({ status: 'stopped', ended: 'stopped' });
  const record = await run.expectConservation();
  await allGone(processes);
  return record;
}

/** Resolves when the cloud has made another version. */
async function learnsOn(run: LiveRunUnderTest): Promise<void> {
  const { updates } = await run.record();
  while ((await run.record()).updates === updates) {
    await run.expectRunning();
    await wait(100);
  }
}

describe('a live run whose processes are killed with -9', () => {
  it('goes on with others in their places: workers, server, cloud', async () => {
    const run = new LiveRunUnderTest(forLong);
    const all = (await run.underWay()).processes;
    for (const role of ['workers', 'server', 'cloud']) {
      const victim = all.find((each) => each.role === role)!;
      process.kill(victim.pid, 'SIGKILL');
      all.push(...(await run.replaced(victim)).processes);
      await learnsOn(run);
    }
    const { failures } = await expectGoodEnd(run, all);
    expect(failures.crashes).toBe(2);
    expect(Object.keys(failures.downS).sort()).toEqual(['cloud', 'left']);
  });

  it('ends by itself when it is the coordinator, and is gone on with', async () => {
    const run = new LiveRunUnderTest([...forLong, 'checkpoints.everyRounds=2']);
    const { processes } = await run.underWay();
    const checkpoints = () => readFileSync(join(run.runDir, 'journal.jsonl'), 'utf8');
    while (!checkpoints().includes('"type":"checkpoint"')) await wait(50);
    run.child.kill('SIGKILL');
    await run.child.outcome;
    await allGone(processes);
    const before = await run.record();
    run.resume();
    const others = await run.underWay();
    await learnsOn(run);
    const after = await expectGoodEnd(run, others.processes);
    expect(after.updates).toBeGreaterThan(0);
    // Its progress since its last checkpoint is lost, two rounds and some in flight.
    expect(after.rounds).toBeGreaterThan(before.rounds - 6);
    expect(before.rounds).toBeGreaterThan(1);
    expect(after.failures.crashes).toBe(0);
  });
});

describe('a live run whose processes are stopped', () => {
  it('waits for one that comes to itself, and loses nothing', async () => {
    const run = new LiveRunUnderTest([...forLong, 'live.patienceS=20']);
    const { processes } = await run.underWay();
    for (const { pid, role } of processes.filter((each) => each.role !== 'cloud')) {
      process.kill(pid, 'SIGSTOP');
      await wait(role === 'server' ? 1000 : 500);
      process.kill(pid, 'SIGCONT');
    }
    await learnsOn(run);
    const { failures } = await expectGoodEnd(run, processes);
    expect(failures.crashes).toBe(0);
  });

  it('ends one that does not, and goes on with another', async () => {
    const run = new LiveRunUnderTest([...forLong, 'live.patienceS=3']);
    const all = (await run.underWay()).processes;
    const victim = all.find(({ role }) => role === 'server')!;
    process.kill(victim.pid, 'SIGSTOP');
    all.push(...(await run.replaced(victim)).processes);
    expect(isAlive(victim.pid)).toBe(false);
    await learnsOn(run);
    const { failures } = await expectGoodEnd(run, all);
    expect(failures.crashes).toBeGreaterThan(0);
  });
});

describe('a live run on a disk that is full', () => {
  // A limit on the size of files stands in for it: it needs no rights.
  it('ends with 1, a message and a journal that is whole up to there', async () => {
    const run = new LiveRunUnderTest(forLong, { fileLimitKiB: 60 });
    const { processes } = await run.underWay();
    const { code, stderr } = await run.child.outcome;
    expect(code).toBe(1);
    expect(stderr).toContain(
      `cannot write ${join(run.runDir, 'journal.jsonl')}: the file would be larger than the system allows`,
    );
    expect(stderr).not.toContain('    at ');
    expect(status(run)).toMatchObject({ status: 'failed' });
    const { violations, extent } = await run.record();
    expect(violations).toEqual([]);
    expect(extent.torn).toBeUndefined();
    expect(extent.simulated).toBeGreaterThan(50);
    await allGone(processes);
  });
});
