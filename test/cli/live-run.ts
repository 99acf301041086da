import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { InputError, RunError } from '#src/errors.js';
import { type RunRecord, readRunRecord } from '#src/report/run/run-record.js';
import { type ControlCommand, sendControl } from '#src/run/run-control.js';
import type { RunSummary } from '#src/run/run-summary.js';
import { folderWithConfig, type Outcome, start } from './program.ts';

export interface LiveProcess {
  slot: number;
  role: string;
  pid: number;
  isLost: boolean;
}

export interface LiveStatus {
  state: string;
  simTimeS: number;
  processes: LiveProcess[];
}

/** A live run of a few seconds, and the commands sent to it. */
export class LiveRunUnderTest {
  readonly runDir: string;
  child: ReturnType<typeof start>;

  /** With a limit, no file may grow beyond that many KiB. `text`: of another config. */
  constructor(
    overrides: readonly string[] = [],
    { text, ...limit }: { fileLimitKiB?: number; text?: string } = {},
  ) {
    const { folder, config } = folderWithConfig('live: { speed: 20 }');
    if (text !== undefined) writeFileSync(config, text);
    this.runDir = join(folder, 'run');
    const changes = ['world=live', 'training.learningRate=0.02', ...overrides];
    this.child = this.#start(['run', config, ...changes, '--out', this.runDir, '--json'], limit);
  }

  /** Another process goes on with it. */
  resume(): void {
    this.child = this.#start(['resume', this.runDir, '--json']);
  }

  #start(args: string[], limit: { fileLimitKiB?: number } = {}): ReturnType<typeof start> {
    const child = start(args, undefined, limit);
    // Should the test fail: its processes end with it.
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    return child;
  }

  async control(command: ControlCommand): Promise<LiveStatus | null> {
    // As `edgemlsim ctl` does, which has tests of its own: a process for each question costs more
    // than the run.
    const status = await sendControl(this.runDir, command).catch((error: unknown) => {
      if (error instanceof InputError || error instanceof RunError) return null;
      throw error;
    });
    // Before it begins, and when it is over, it has no processes.
    return hasProcesses(status) ? status : null;
  }

  /** Resolves with the first status of that kind. */
  async until(isSuch: (status: LiveStatus) => boolean): Promise<LiveStatus> {
    for (;;) {
      const status = await this.control('status');
      if (status !== null && isSuch(status)) return status;
      await this.expectRunning();
      await wait(50);
    }
  }

  /** Throws what it has said when it has ended. */
  async expectRunning(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) return;
    const { code, stdout, stderr } = await this.child.outcome;
    throw new Error(`the run has ended with ${code}: ${stderr}${stdout}`);
  }

  /** Resolves when every process has joined and simulation time passes. */
  underWay(): Promise<LiveStatus> {
    return this.until(
      ({ simTimeS, processes }) => simTimeS > 0 && processes.every(({ isLost }) => !isLost),
    );
  }

  /** Resolves when another process is in the slot of that one. */
  async replaced({ slot, pid }: LiveProcess): Promise<LiveStatus> {
    return this.until(({ processes }) =>
      processes.some((each) => each.slot === slot && each.pid !== pid && !each.isLost),
    );
  }

  async record(): Promise<RunRecord> {
    return readRunRecord(join(this.runDir, 'journal.jsonl'));
  }

  async expectConservation(): Promise<RunRecord> {
    const record = await this.record();
    expect(record.violations).toEqual([]);
    expect(record.ended).not.toBeNull();
    return record;
  }
}

function hasProcesses(status: unknown): status is LiveStatus {
  return typeof status === 'object' && status !== null && 'processes' in status;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export async function allGone(processes: readonly { pid: number }[]): Promise<void> {
  while (processes.some(({ pid }) => isAlive(pid))) await wait(50);
}

export function summaryOf({ stdout }: Outcome): RunSummary {
  return JSON.parse(stdout) as RunSummary;
}
