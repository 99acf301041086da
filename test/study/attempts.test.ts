import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { attemptDir, beginAttempt, publish, settleAttempts } from '#src/study/attempts.js';
import { temporaryFolder } from '../config/config-in-folder.ts';

const FIRST = { batch: 1, restart: 0 };
const SECOND = { batch: 1, restart: 1 };
const ELEVENTH = { batch: 1, restart: 10 };

const runDirOf = () => join(temporaryFolder(), 'arm/seed-1');

/** Files that a run leaves on its way. */
function work(runDir: string, number: typeof FIRST, journal: string): void {
  const dir = attemptDir(runDir, number);
  mkdirSync(join(dir, 'checkpoints'), { recursive: true });
  writeFileSync(join(dir, 'checkpoints/1'), '');
  writeFileSync(join(dir, 'journal.jsonl'), journal);
}

function complete(runDir: string, number: typeof FIRST): void {
  const status = { status: 'done', summary: { runDir: attemptDir(runDir, number) } };
  writeFileSync(join(attemptDir(runDir, number), 'status.json'), JSON.stringify(status));
}

const journalOf = (runDir: string) => readFileSync(join(runDir, 'journal.jsonl'), 'utf8');

test('an attempt begins where the one before was, in a folder of its own, without its lock', () => {
  const runDir = runDirOf();
  expect(beginAttempt(runDir, FIRST)).toBe(false);
  work(runDir, FIRST, 'begun');
  mkdirSync(join(attemptDir(runDir, FIRST), '.lock'));
  expect(beginAttempt(runDir, SECOND)).toBe(true);
  // The first one, on a node that is cut off, writes on.
  work(runDir, FIRST, 'begun, written on');
  expect(journalOf(attemptDir(runDir, SECOND))).toBe('begun');
  expect(existsSync(join(attemptDir(runDir, SECOND), '.lock'))).toBe(false);
});

test('an attempt that was overtaken gives nothing, however late the newest one is', () => {
  const runDir = runDirOf();
  for (const number of [FIRST, SECOND, ELEVENTH]) {
    beginAttempt(runDir, number);
    work(runDir, number, `of ${number.restart}`);
    complete(runDir, number);
  }
  publish(runDir, FIRST);
  publish(runDir, SECOND);
  expect(existsSync(runDir)).toBe(false);
  publish(runDir, ELEVENTH);
  expect(journalOf(runDir)).toBe('of 10');
  const status = readFileSync(join(runDir, 'status.json'), 'utf8');
  expect(JSON.parse(status)).toMatchObject({ summary: { runDir } });
  expect(readdirSync(join(runDir, '..'))).toEqual(['seed-1']);
});

test('what was put in the place of the run is not replaced by a later attempt', () => {
  const runDir = runDirOf();
  for (const number of [FIRST, SECOND]) {
    if (number === SECOND) publish(runDir, FIRST);
    beginAttempt(runDir, number);
    work(runDir, number, `of ${number.restart}`);
    complete(runDir, number);
  }
  publish(runDir, SECOND);
  expect(journalOf(runDir)).toBe('of 0');
});

test('the newest attempt that came to anything becomes the run when all are over', () => {
  const runDir = runDirOf();
  beginAttempt(runDir, FIRST);
  work(runDir, FIRST, 'of 0');
  mkdirSync(attemptDir(runDir, SECOND));
  settleAttempts(runDir);
  expect(journalOf(runDir)).toBe('of 0');
  expect(readdirSync(join(runDir, '..'))).toEqual(['seed-1']);
});
