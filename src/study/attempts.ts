import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isOfLock } from '../run/folder-lock.ts';
import { writeAtomically } from '../write-atomically.ts';

// A task that Slurm requeues may run twice at a time: the first one on a node that is cut off. So each
// attempt at a run has a folder of its own beside the run's, and its number is a fence: only the newest
// one may put its folder in the run's place, which is one rename and works once.

const MARK = '.attempt-';

/** Numbers an attempt: of later batches, and of later starts of a task, the order is later. */
interface AttemptNumber {
  batch: number;
  restart: number;
}

export function attemptDir(runDir: string, { batch, restart }: AttemptNumber): string {
  return `${runDir}${MARK}${batch}.${restart}`;
}

/** The folders of the attempts at a run, the newest one first. */
export function attemptsAt(runDir: string): string[] {
  const folder = dirname(runDir);
  if (!existsSync(folder)) return [];
  const prefix = `${basename(runDir)}${MARK}`;
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .sort((a, b) => orderOf(b) - orderOf(a))
    .map((name) => join(folder, name));
}

const RESTARTS = 1e6;

function orderOf(name: string): number {
  const [batch = 0, restart = 0] = name.slice(name.lastIndexOf(MARK) + MARK.length).split('.');
  return Number(batch) * RESTARTS + Number(restart);
}

/** Makes the folder of an attempt, with what the newest one before it came to. False: with nothing. */
export function beginAttempt(runDir: string, number: AttemptNumber): boolean {
  const dir = attemptDir(runDir, number);
  const before = attemptsAt(runDir).find((other) => other !== dir && hasCheckpoint(other));
  rmSync(dir, { recursive: true, force: true });
  if (before === undefined) {
    mkdirSync(dir, { recursive: true });
    return false;
  }
  // A copy: the one before may still be written to.
  copyRun(before, dir);
  return true;
}

/** Whether a later attempt at the run has begun. */
export function isOvertaken(runDir: string, number: AttemptNumber): boolean {
  const [newest] = attemptsAt(runDir);
  return newest !== undefined && newest !== attemptDir(runDir, number);
}

/** Puts a completed attempt in the run's place, unless a later one has begun or another was first. */
export function publish(runDir: string, number: AttemptNumber): void {
  const dir = attemptDir(runDir, number);
  if (!isOvertaken(runDir, number)) {
    nameInStatus(dir, runDir);
    try {
      renameSync(dir, runDir);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    }
  }
  rmSync(dir, { recursive: true, force: true });
}

/** The attempts are over: the newest one that came to anything becomes the run, unless one is there. */
export function settleAttempts(runDir: string): void {
  const attempts = attemptsAt(runDir);
  const newest = attempts.find(hasJournal);
  if (newest !== undefined && !hasJournal(runDir)) {
    copyRun(newest, runDir);
    nameInStatus(runDir, runDir);
  }
  for (const dir of attempts) rmSync(dir, { recursive: true, force: true });
}

function copyRun(from: string, to: string): void {
  cpSync(from, to, { recursive: true, filter: (path) => !isOfLock(basename(path)) });
}

function hasJournal(dir: string): boolean {
  return existsSync(join(dir, 'journal.jsonl'));
}

function hasCheckpoint(dir: string): boolean {
  const folder = join(dir, 'checkpoints');
  return hasJournal(dir) && existsSync(folder) && readdirSync(folder).length > 0;
}

/** Its status names the folder that it was written in. */
function nameInStatus(dir: string, runDir: string): void {
  const file = join(dir, 'status.json');
  if (!existsSync(file)) return;
  const status = JSON.parse(readFileSync(file, 'utf8')) as { summary?: { runDir: string } };
  if (status.summary === undefined) return;
  status.summary.runDir = runDir;
  writeAtomically(file, `${JSON.stringify(status, null, 2)}\n`);
}
