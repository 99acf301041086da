import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { InputError } from '#src/errors.js';
import type { JournalLine } from '#src/journal/events.js';
import { followJournal } from '#src/journal/follow.js';
import { isOfLock } from '#src/run/folder-lock.js';
import { VirtualRun } from '#src/run/virtual-run.js';
import { freshPath, journalOf, startRun } from '../run/run-folders.ts';
import { tinyConfig } from '../worlds/tiny-config.ts';

const first =
  '{"host":0,"wallTimeS":0,"type":"started","format":1,"threads":1,"engine":"reference","node":"v20"}\n';
const second = '{"host":1,"wallTimeS":1,"type":"paused"}\n';
const last = '{"host":2,"wallTimeS":2,"type":"finished"}\n';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-follow-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Collects in the background what a follower yields. */
function collect(folder: string, signal?: AbortSignal) {
  const lines: JournalLine[] = [];
  const ended = (async () => {
    for await (const line of followJournal(folder, signal ? { signal } : {})) lines.push(line);
  })();
  return { lines, ended };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(20);
}

it('waits for the journal, for the rest of a line, and ends behind the last line', async () => {
  const folder = emptyFolder();
  const { lines, ended } = collect(folder);
  await wait(50);
  const file = join(folder, 'journal.jsonl');
  writeFileSync(file, `${first}${second.slice(0, 20)}`);
  await until(() => lines.length === 1);
  await wait(300);
  expect(lines).toHaveLength(1);
  appendFileSync(file, `${second.slice(20)}${last}`);
  await ended;
  expect(lines).toEqual([first, second, last].map((line) => JSON.parse(line)));
});

it('ends when its signal is aborted, before or while it waits', async () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'journal.jsonl'), first);
  const controller = new AbortController();
  const { lines, ended } = collect(folder, controller.signal);
  await until(() => lines.length === 1);
  controller.abort();
  await ended;
  await collect(folder, AbortSignal.abort()).ended;
});

it('throws for a folder that is not there, and for a damaged line', async () => {
  await expect(collect(freshPath()).ended).rejects.toThrow(InputError);
  const folder = emptyFolder();
  writeFileSync(join(folder, 'journal.jsonl'), `${first}{"host":1,\n${last}`);
  await expect(collect(folder).ended).rejects.toThrow(/journal\.jsonl:2.* not a JSON value/s);
});

it('goes on with a run that was stopped and is resumed', async () => {
  const run = await startRun(tinyConfig());
  const { runDir } = await run.toEnd({ until: { round: 3 } });
  const { lines, ended } = collect(runDir);
  await until(() => lines.at(-1)?.type === 'stopped');
  expect(lines).toEqual(journalOf(runDir));
  const resumed = await VirtualRun.resume(runDir, { threads: 1 });
  await resumed.toEnd();
  await ended;
  expect(lines).toEqual(journalOf(runDir));
});

it('follows a run that was killed and is resumed: events after the checkpoint come again', async () => {
  const killed = freshPath();
  const runDir = freshPath();
  const run = await startRun(tinyConfig({ checkpoints: { everyRounds: 4 } }), runDir);
  await run.advance({ round: 10 });
  // The folder as a kill would leave it.
  cpSync(runDir, killed, { recursive: true, filter: (path) => !isOfLock(basename(path)) });
  await run.abandon(new Error('ended by the test'));
  const { lines, ended } = collect(killed);
  await until(() => lines.at(-1)?.type === 'paused');
  const before = lines.length;
  await (await VirtualRun.resume(killed, { threads: 1 })).toEnd();
  await ended;
  const resumed = lines[before]!;
  expect(resumed.type).toBe('resumed');
  const { fromEvent } = resumed as Extract<JournalLine, { type: 'resumed' }>;
  const after = lines.slice(before + 1).flatMap((line) => ('n' in line ? [line] : []));
  expect(after[0]!.n).toBe(fromEvent);
  const seen = lines.slice(0, before).flatMap((line) => ('n' in line ? [line] : []));
  expect(seen.length).toBeGreaterThan(fromEvent);
  const journal = journalOf(killed);
  expect([...seen.slice(0, fromEvent), ...after]).toEqual(journal.filter((line) => 'n' in line));
  expect(seen.slice(fromEvent)).toEqual(after.slice(0, seen.length - fromEvent));
  expect(lines.filter((line) => 'host' in line)).toEqual(journal.filter((line) => 'host' in line));
});
