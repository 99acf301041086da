import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commitOf } from '#src/compose/run-origin.js';
import { testNeeding } from '../needs.ts';
import { configFile, edgemlsim as startedProgram } from '../run/children.ts';
import { freshPath } from '../run/run-folders.ts';

it("a run's provenance says how it was started, by which version and commit", async () => {
  const runDir = freshPath();
  const args = ['run', configFile(), 'seed=3', '--out', runDir, '--until', 'round:1'];
  expect((await startedProgram(args).ended).code).toBe(0);
  const provenance = JSON.parse(readFileSync(join(runDir, 'provenance.json'), 'utf8'));
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(provenance).toMatchObject({ version, seed: 3 });
  expect(provenance.commandLine[0]).toMatch(/main\.js$/);
  expect(provenance.commandLine.slice(1)).toEqual(args);
  expect(provenance.commit).toBe(commitOf(process.cwd()));
});

testNeeding({ programs: ['git'] })(
  'a commit is reported of the top of a checkout alone, and marked when files were changed',
  () => {
    const folder = freshPath('checkout');
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        cwd: folder,
        encoding: 'utf8',
      }).trim();
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    expect(commitOf(folder)).toBeNull();
    git('init', '--quiet');
    writeFileSync(join(folder, 'file'), 'one');
    git('add', 'file');
    git('commit', '--quiet', '-m', 'one');
    const hash = git('rev-parse', 'HEAD');
    expect(commitOf(folder)).toBe(hash);
    expect(commitOf(join(folder, 'node_modules'))).toBeNull();
    // It leaves the index as it is, since for a change it would lock it.
    const index = join(folder, '.git', 'index');
    const known = readFileSync(index);
    utimesSync(join(folder, 'file'), 1, 1);
    expect(commitOf(folder)).toBe(hash);
    expect(readFileSync(index).equals(known)).toBe(true);
    writeFileSync(join(folder, 'file'), 'two');
    expect(commitOf(folder)).toBe(`${hash}-dirty`);
  },
);
