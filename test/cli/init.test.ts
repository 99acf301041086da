import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { edgemlsim } from './program.ts';

test('init begins a project, and leaves one alone that is there', async () => {
  const dir = join(temporaryFolder('init'), 'My first.Town');
  const { code, stdout } = await edgemlsim('init', dir);
  expect(code).toBe(0);
  // In a checkout npm links the package, and shall not build it again.
  expect(stdout).toMatch(/^ {2}npm install\n {2}npm test$/m);
  expect(readFileSync(join(dir, '.npmrc'), 'utf8')).toBe('ignore-scripts=true\n');
  const { name, scripts } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
  expect([name, scripts.test]).toEqual(['my-first-town', 'node --test']);
  expect(existsSync(join(dir, 'rules/clipped-mean.js'))).toBe(true);
  const again = await edgemlsim('init', dir);
  expect(again.code).toBe(3);
  expect(again.stderr).toContain('experiment.yaml');
});

test('a project that cannot be written leaves none of its files', async () => {
  const dir = temporaryFolder('init');
  const inTheWay = join(dir, 'test');
  writeFileSync(inTheWay, '');
  const refused = await edgemlsim('init', dir);
  expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('cannot be written')]);
  expect(existsSync(join(dir, 'README.md'))).toBe(false);
  rmSync(inTheWay);
  expect((await edgemlsim('init', dir)).code).toBe(0);
});

test("the starter's config and study are valid, and its own tests pass", async () => {
  const valid = await edgemlsim('validate', 'starter/experiment.yaml');
  expect([valid.code, valid.stderr]).toEqual([0, '']);
  const { loadStudy } = await import('#src/study/load-study.js');
  // Three rules by two levels of the attack, two seeds.
  expect((await loadStudy('starter/robustness.study.yaml')).runs).toHaveLength(12);
  const tests = ['clipped-mean', 'scaled'].map((file) => `starter/test/${file}.test.js`);
  const output = execFileSync(process.execPath, ['--test', ...tests], { encoding: 'utf8' });
  expect(output).toMatch(/pass 6\b/);
});
