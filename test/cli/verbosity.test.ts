import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { edgemlsim, folderWithConfig } from './program.ts';

test('a dry run checks everything, writes nothing, and no run comes to less than it says', async () => {
  const { folder, config } = folderWithConfig();
  const out = join(folder, 'run');
  const dry = await edgemlsim('run', config, '--out', out, '--dry-run', '--json');
  expect(dry.code).toBe(0);
  expect(existsSync(out)).toBe(false);
  const { estimate, runDir } = JSON.parse(dry.stdout);
  expect(runDir).toBe(out);
  // A layer of 64 by 10 and its ten offsets, in 4 bytes each; two epochs of 50 gradients.
  expect(estimate).toMatchObject({ parameters: 650, vectorBytes: 2600 });
  expect(estimate.computed).toEqual({ least: 100, most: null });
  const stopped = await edgemlsim('run', config, 'mobility.end=stop', '--dry-run', '--json');
  expect(JSON.parse(stopped.stdout).estimate.computed).toEqual({ least: 0, most: null });
  const quiet = await edgemlsim('run', config, '--out', out, '--quiet');
  expect([quiet.code, quiet.stderr]).toEqual([0, '']);
  expect(quiet.stdout).toMatch(/^status +done$/m);
  const lines = readFileSync(join(out, 'journal.jsonl'), 'utf8').trim().split('\n');
  const started = lines.filter((line) => line.includes('"type":"gradient-started"')).length;
  expect(started).toBeGreaterThanOrEqual(estimate.computed.least);
  expect(lines.length).toBeGreaterThanOrEqual(estimate.events);
});

test('the printed config is a config, and means the same', async () => {
  const { folder, config } = folderWithConfig();
  const args = ['run', config, 'training.epochs=3', '--seed', '5', '--print-config'];
  const first = await edgemlsim(...args);
  expect(first.stdout).toMatch(/^seed: 5$/m);
  const printed = join(folder, 'printed.yaml');
  writeFileSync(printed, first.stdout);
  const second = await edgemlsim('run', printed, '--print-config');
  expect(parse(second.stdout)).toEqual(parse(first.stdout));
});

test('validate shows what it does, as a run does while it starts', async () => {
  const { config } = folderWithConfig();
  const { code, stderr } = await edgemlsim('validate', config, '--verbose');
  expect(code).toBe(0);
  for (const doing of ['reading ', 'finding the contacts of workers and servers']) {
    expect(stderr).toContain(`s] ${doing}`);
  }
});

test('a verbose run says each step with its time, and quiet excludes verbose', async () => {
  const { folder, config } = folderWithConfig();
  const [verbose, both] = await Promise.all([
    edgemlsim('run', config, '--out', join(folder, 'run'), '-v'),
    edgemlsim('validate', config, '-q', '-v'),
  ]);
  expect(verbose.stderr).toMatch(/^\[\d+\.\d\d s\] reading the trace and the data$/m);
  expect(both.code).toBe(2);
  expect(both.stderr).toContain("'-q, --quiet' cannot be used with option '-v, --verbose'");
});
