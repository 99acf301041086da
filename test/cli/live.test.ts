import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunSummary } from '#src/experiment/run-summary.js';
import { readRunRecord } from '#src/report/run-record.js';
import { edgemlsim, folderWithConfig, type Outcome, start } from './program.ts';

interface Status {
  state: string;
  simTimeS: number;
  processes: { host: number; role: string; pid: number; isLost: boolean }[];
}

/** A live run of a few seconds, and what it is told. */
function liveRun(...overrides: string[]) {
  const { folder, config } = folderWithConfig('live: { speed: 20 }');
  const runDir = join(folder, 'run');
  const changes = ['world=live', 'training.learningRate=0.02', ...overrides];
  const child = start(['run', config, ...changes, '--out', runDir, '--json']);
  // Should the test fail: its processes end with it.
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const tell = async (command: string) => {
    const { code, stdout } = await edgemlsim('ctl', runDir, command);
    return code === 0 ? (JSON.parse(stdout) as Status) : null;
  };
  return { child, runDir, tell };
}

/** Resolves when every process has joined and simulation time passes. */
async function underWay({ tell }: ReturnType<typeof liveRun>): Promise<Status> {
  for (;;) {
    const status = await tell('status');
    if (status !== null && status.simTimeS > 0) return status;
    await wait(50);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function allGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await wait(50);
}

async function expectRightBooks(runDir: string): Promise<void> {
  const { violations, ended } = await readRunRecord(join(runDir, 'journal.jsonl'));
  expect(violations).toEqual([]);
  expect(ended).not.toBeNull();
}

function summaryOf({ stdout }: Outcome): RunSummary {
  return JSON.parse(stdout) as RunSummary;
}

describe('a live run', () => {
  it.each(['tcp', 'websocket'])('goes from processes to a report, over %s', async (transport) => {
    const run = liveRun(`live.transport=${transport}`);
    const { processes } = await underWay(run);
    const roles = processes.map(({ role }) => role);
    expect(roles).toEqual(['cloud', 'server', 'server', 'workers', 'workers']);
    const outcome = await run.child.outcome;
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(summaryOf(outcome)).toMatchObject({ status: 'done', ended: 'epochs' });
    expect(summaryOf(outcome).accuracy.final).toBeGreaterThan(0.9);
    await expectRightBooks(run.runDir);
    await allGone(processes.map(({ pid }) => pid));
    expect(await edgemlsim('report', run.runDir)).toMatchObject({ code: 0, stderr: '' });
  });

  it('stands still when it is told to pause, and ends when it is told to stop', async () => {
    const run = liveRun('training.epochs=1000');
    const { processes } = await underWay(run);
    const paused = await run.tell('pause');
    expect(paused?.state).toBe('paused');
    const { simTimeS } = paused!;
    const journal = () => readFileSync(join(run.runDir, 'journal.jsonl'), 'utf8');
    const before = journal();
    await wait(300);
    expect(await run.tell('status')).toMatchObject({ state: 'paused', simTimeS });
    expect(journal()).toBe(before);
    expect((await run.tell('resume'))?.state).toBe('running');
    await run.tell('stop');
    const outcome = await run.child.outcome;
    expect(summaryOf(outcome)).toMatchObject({ status: 'stopped', ended: 'stopped' });
    await expectRightBooks(run.runDir);
    await allGone(processes.map(({ pid }) => pid));
  });

  it('goes on without the workers of a process that is killed', async () => {
    const run = liveRun('live.speed=100');
    const { processes } = await underWay(run);
    const victim = processes.find(({ role }) => role === 'workers')!;
    process.kill(victim.pid, 'SIGKILL');
    const outcome = await run.child.outcome;
    expect(summaryOf(outcome)).toMatchObject({ status: 'done', ended: 'epochs' });
    await expectRightBooks(run.runDir);
    await allGone(processes.map(({ pid }) => pid));
  });

  it('leaves no process behind when the simulator is killed', async () => {
    const run = liveRun('training.epochs=1000');
    const { processes } = await underWay(run);
    run.child.kill('SIGKILL');
    await run.child.outcome;
    await allGone(processes.map(({ pid }) => pid));
  });
});
