import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { journalHash } from '#src/journal/reader.js';
import { runInMemory } from '#src/run/run-in-memory.js';
import { VirtualRun } from '#src/run/virtual-run.js';
import { only } from '../worlds/only.ts';
import {
  publishedFile,
  publishedTree,
  publishedTrees,
  shorter,
  WINDOWS,
} from '../worlds/published-trees.ts';
import { checkpointsOf, edgemlsim, until } from './children.ts';
import { freshPath, isSound, journalOf, startRun } from './run-folders.ts';

/** A folder as it would be found after a kill now: what is written, and the lock of a process that is gone. */
function asKilled(runDir: string): string {
  const copy = freshPath('killed');
  cpSync(runDir, copy, { recursive: true, filter: (path) => !path.endsWith('.lock') });
  return copy;
}

describe.each(publishedTrees)('configs/edge-hierarchy/%s.yaml, shorter', (name) => {
  it('has one hash with one thread and with two, paused, and resumed from what a kill leaves', async () => {
    const config = await publishedTree(name);
    const workers = Number(name.split('-').at(-1));
    const { summary, events } = await runInMemory(config, { threads: 1 });
    expect(summary.status).toBe('done');
    const lines = events.filter((line) => 'n' in line);
    // Every worker has trained on every window, and each change has come to the server above.
    expect(only(lines, 'window-trained')).toHaveLength(workers * WINDOWS);
    const ends = only(lines, 'update-ended').map(({ outcome }) => outcome);
    expect(ends).toHaveLength(only(lines, 'update-sent').length);
    expect(new Set(ends)).toEqual(new Set(['aggregated']));
    expect(summary.rounds).toBe(only(lines, 'updated').filter((u) => u.server === 'cloud').length);

    const runDir = freshPath();
    const run = await startRun(config, runDir, 2);
    expect(await run.advance({ round: 6 })).toBe(true);
    const pausing = run.toEnd();
    await run.pause();
    const killed = asKilled(runDir);
    await run.continue();
    expect((await pausing).journalHash).toBe(summary.journalHash);

    expect(checkpointsOf(killed).length).toBeGreaterThan(0);
    const resumed = await VirtualRun.resume(killed, { threads: 1 });
    expect((await resumed.toEnd()).journalHash).toBe(summary.journalHash);
    expect(isSound(journalOf(killed))).toBe(true);
  });
});

it('1-2-6, as a process that is killed with -9 and resumed, has the hash of an undisturbed run', async () => {
  // So long that it is under way for a while after its first checkpoint.
  const windows = 40;
  const config = await publishedTree('1-2-6', { windows });
  const runDir = freshPath();
  const file = publishedFile('1-2-6');
  const child = edgemlsim(['run', file, ...shorter(windows), '--out', runDir]);
  await until(child, () => checkpointsOf(runDir).length > 0);
  child.process.kill('SIGKILL');
  const { signal } = await child.ended;
  const { summary } = await runInMemory(config, { threads: 1 });
  if (signal === 'SIGKILL') {
    const resumed = await VirtualRun.resume(runDir, { threads: 2 });
    expect((await resumed.toEnd()).status).toBe('done');
  }
  // On a busy machine it may have come to its end before it could be killed.
  expect(await journalHash(join(runDir, 'journal.jsonl'))).toBe(summary.journalHash);
});
