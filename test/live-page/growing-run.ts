import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { lockFolder } from '#src/run/folder-lock.js';
import { temporaryFolder } from '../temporary-folder.ts';

/**
 * A copy of a finished run as it was before its end, with a process at work in it until `release` is
 * called. `end`: the first line that its journal lacks.
 */
export function growingRun(folder: string) {
  const growing = join(temporaryFolder('growing'), 'growing');
  cpSync(folder, growing, { recursive: true });
  rmSync(join(growing, 'status.json'));
  const journalFile = join(growing, 'journal.jsonl');
  const lines = readFileSync(journalFile, 'utf8').trim().split('\n');
  const kept = lines.findIndex((line) => line.includes('"type":"run-ended"'));
  writeFileSync(journalFile, `${lines.slice(0, kept).join('\n')}\n`);
  return { growing, journalFile, end: lines[kept]!, release: lockFolder(growing, 'run') };
}

/** Requests of a page to its server from now on: a list that grows. */
export function askedBy(page: Page): string[] {
  const asked: string[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => asked.push(JSON.parse(String(payload)).ask)),
  );
  return asked;
}
