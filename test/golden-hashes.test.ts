import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '#src/config/load-config.js';
import { readRunFacts } from '#src/report/run/run-facts.js';
import { VirtualRun } from '#src/run/virtual-run.js';
import { testNeeding } from './needs.ts';
import { freshPath, journalOf, startRun } from './run/run-folders.ts';

// One small run for each thing that the program can do, and the hash of the journal that it has always
// had. A change of one of these hashes is a change of results: it goes with a **Results** line in
// CHANGELOG.md, in the same commit. `edgemlsim run test/golden-runs/NAME.yaml` shows a hash.

type Hashes = Record<string, string>;

const FILE = 'test/golden-hashes.json';
const FOLDER = 'test/golden-runs';
const hashes = JSON.parse(readFileSync(FILE, 'utf8')) as Hashes;

it('every golden run has a hash, and every hash a run', () => {
  const runs = readdirSync(FOLDER).map((file) => basename(file, '.yaml'));
  expect(Object.keys(hashes)).toEqual(runs.sort());
});

describe.each(Object.entries(hashes))('the golden run %s', (name, expected) => {
  let endUs = 0;

  it('has its hash on a thread', async () => {
    const { config } = await loadConfig(join(FOLDER, `${name}.yaml`));
    const runDir = freshPath(name);
    const run = await startRun(config, runDir);
    const summary = await run.toEnd();
    expect(summary).toMatchObject({ status: 'done', journalHash: expected });
    // Gathered as the journal was written, they are those that are read in it.
    expect(run.facts).toEqual(await readRunFacts(runDir));
    endUs = Math.max(...journalOf(runDir).map((line) => ('n' in line ? line.timeUs : 0)));
    // The run reaches what it is there for.
    const types = new Set(journalOf(runDir).map(({ type }) => type));
    for (const type of ['updated', 'evaluated', 'associate']) expect(types).toContain(type);
    if (name === 'crashes') for (const type of ['crashed', 'cut']) expect(types).toContain(type);
    if (name === 'moving-faults') expect(types).toContain('turned-byzantine');
  });

  it('has the same on two threads, stopped half-way and gone on with from its file', async () => {
    const { config } = await loadConfig(join(FOLDER, `${name}.yaml`));
    const runDir = freshPath(name);
    const until = { timeUs: Math.floor(endUs / 2) };
    const stopped = await (await startRun(config, runDir, 2)).toEnd({ until });
    expect(stopped.status).toBe('stopped');
    const summary = await (await VirtualRun.resume(runDir, { threads: 2 })).toEnd();
    expect(summary).toMatchObject({ status: 'done', journalHash: expected });
  });
});

const withGit = testNeeding({ programs: ['git'] });

function git(...words: string[]): { ok: boolean; text: string } {
  const { status, stdout } = spawnSync('git', words, { encoding: 'utf8' });
  return { ok: status === 0, text: stdout ?? '' };
}

function hashesAt(commit: string): Hashes {
  const { ok, text } = git('show', `${commit}:${FILE}`);
  return ok ? (JSON.parse(text) as Hashes) : {};
}

withGit('a commit that changes a golden hash adds a Results line', () => {
  // Outside of a clone there is no history to look at, and the list is empty.
  const commits = git('log', '--format=%H', '--', FILE).text.split('\n').filter(Boolean);
  for (const commit of commits) {
    const before = hashesAt(`${commit}^`);
    const after = hashesAt(commit);
    const changed = Object.keys(before).filter((name) => after[name] !== before[name]);
    if (changed.length === 0) continue;
    const { text } = git('show', '--format=', commit, '--', 'CHANGELOG.md');
    expect(text, `${commit.slice(0, 12)} changes ${changed.join(', ')}`).toMatch(
      /^\+.*\*\*Results\*\*/m,
    );
  }
});
