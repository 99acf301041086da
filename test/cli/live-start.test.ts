import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LiveRun } from '#src/run/live-run.js';
import { freshPath, statusOf } from '../run/run-folders.ts';
import { tinyConfig } from '../worlds/tiny-config.ts';
import { allGone, LiveRunUnderTest, summaryOf } from './live-run.ts';
import { main } from './program.ts';

const forLong = ['training.epochs=1000', 'live.speed=40'];

/** The process that a run has started for a slot, before it has said anything. */
async function childOf(run: LiveRunUnderTest, slot: number): Promise<number> {
  while (run.child.exitCode === null) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (isChild(pid, run.child.pid!, `\0--slot\0${slot}\0`)) return Number(pid);
    }
    await wait(10);
  }
  throw new Error(`the run has ended: ${(await run.child.outcome).stderr}`);
}

function isChild(pid: string, parent: number, option: string): boolean {
  try {
    const [, ppid] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return Number(ppid) === parent && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(option);
  } catch {
    return false;
  }
}

interface Places {
  /** Stopped until the others were killed: until then the run cannot begin. */
  held: number;
  /** Killed as soon as they are there. */
  new: readonly number[];
  /** Killed as soon as they have joined. */
  joined: readonly number[];
}

async function killWhileStarting(run: LiveRunUnderTest, places: Places): Promise<void> {
  const held = await childOf(run, places.held);
  process.kill(held, 'SIGSTOP');
  for (const slot of places.new) process.kill(await childOf(run, slot), 'SIGKILL');
  for (const place of places.joined) {
    const joined = ({ slot, pid }: { slot: number; pid: number }) => slot === place && pid !== 0;
    const { processes } = await run.until((status) => status.processes.some(joined));
    process.kill(processes.find(joined)!.pid, 'SIGKILL');
  }
  process.kill(held, 'SIGCONT');
}

/** Lets it learn something, stops it, and looks whether all is well. */
async function expectGoodEnd(run: LiveRunUnderTest) {
  const { processes } = await run.underWay();
  while ((await run.record()).updates < 3) await wait(100);
  await run.control('stop');
  const outcome = await run.child.outcome;
  expect(outcome.stderr).not.toContain('failed');
  expect(summaryOf(outcome)).toMatchObject({ status: 'stopped' });
  await allGone(processes);
  return run.expectConservation();
}

describe('a live run that loses processes while it starts', () => {
  it('begins with others: a cloud, a server and workers before they join, and such after', async () => {
    const run = new LiveRunUnderTest(forLong);
    await killWhileStarting(run, { held: 1, new: [0, 2, 3], joined: [0, 2, 4] });
    const { failures } = await expectGoodEnd(run);
    expect(failures.crashes).toBe(0);
  });

  it('goes on with others when it is resumed', async () => {
    const run = new LiveRunUnderTest([...forLong, 'checkpoints.everyRounds=2']);
    const { processes } = await run.underWay();
    const journal = () => readFileSync(join(run.runDir, 'journal.jsonl'), 'utf8');
    while (!journal().includes('"type":"checkpoint"')) await wait(50);
    run.child.kill('SIGKILL');
    await run.child.outcome;
    await allGone(processes);
    run.resume();
    await killWhileStarting(run, { held: 0, new: [4], joined: [1] });
    const { failures } = await expectGoodEnd(run);
    expect(failures.crashes).toBe(0);
  });
});

describe('a live run with a process that never starts', () => {
  it('fails after some tries, and says which process, how it ended and what it said', async () => {
    const fail = `case "$*" in *"--slot 1 "*) echo the disk is on fire >&2; exit 7;; esac`;
    const script = `${fail}; exec '${process.execPath}' '${main}' "$@"`;
    const runDir = freshPath();
    const config = tinyConfig({ world: 'live' });
    const run = await LiveRun.create({ config, runDir, program: ['sh', '-c', script, '-'] });
    const message =
      'the process of left did not start: it ended 5 times before it was ready, ' +
      'the last with exit code 7: the disk is on fire';
    await expect(run.toEnd()).rejects.toThrow(message);
    expect(statusOf(runDir)).toEqual({ status: 'failed', error: message });
  });
});
