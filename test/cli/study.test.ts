import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { leaveLock } from '../run/locks.ts';
import { edgemlsim, folderWithConfig, start } from './program.ts';

/** A study on a small config; a run takes a second. */
function folderWithStudy(text: string): { file: string; out: string; folder: string } {
  const { folder } = folderWithConfig();
  const file = join(folder, 'small.study.yaml');
  writeFileSync(file, `name: small\nbase: small.yaml\n${text}`);
  return { file, out: join(folder, 'out'), folder };
}

const TWO_ARMS = `seeds: 2
grid:
  rule:
    mean: {}
    median: { layers.edge.aggregate.rule: marginal-median }
`;

const status = (runDir: string) =>
  (JSON.parse(readFileSync(join(runDir, 'status.json'), 'utf8')) as { status: string }).status;

const journal = (runDir: string) => readFileSync(join(runDir, 'journal.jsonl'), 'utf8');

test('a study runs every arm with every seed and compares them', async () => {
  const { file, out, folder } = folderWithStudy(TWO_ARMS);
  const first = await start(['study', file], folder).outcome;
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(first.stdout).toMatch(/^mean +2 +0 +\d/m);
  expect(first.stdout).toMatch(/^median +2 +0 +\d/m);
  expect(readdirSync(join(folder, 'runs/study-small')).sort()).toEqual([
    'mean',
    'median',
    'study.csv',
    'study.json',
    'study.svg',
    'verdicts.csv',
    'verdicts.md',
  ]);
  const json = await edgemlsim('study', file, '--out', out, '--jobs', '1', '--json');
  const report = JSON.parse(json.stdout) as { runs: { journalHash: string }[] };
  const others = JSON.parse(readFileSync(join(folder, 'runs/study-small/study.json'), 'utf8'));
  expect(report.runs.map(({ journalHash }) => journalHash)).toEqual(
    others.runs.map(({ journalHash }: { journalHash: string }) => journalHash),
  );
});

test('what is finished is not run again, and what is missing is', async () => {
  const { file, out } = folderWithStudy(TWO_ARMS.replace('seeds: 2', 'seeds: 1'));
  expect((await edgemlsim('study', file, '--out', out)).code).toBe(0);
  const before = journal(join(out, 'mean/seed-1'));
  const missing = journal(join(out, 'median/seed-1'));
  rmSync(join(out, 'median/seed-1'), { recursive: true });
  expect((await edgemlsim('study', file, '--out', out)).code).toBe(0);
  // Wall times stand in a journal, so a second run would not give the same bytes.
  expect(journal(join(out, 'mean/seed-1'))).toBe(before);
  const simulated = (text: string) => text.split('\n').filter((line) => line.startsWith('{"n":'));
  expect(simulated(journal(join(out, 'median/seed-1')))).toEqual(simulated(missing));
});

test('a changed study does not overwrite the runs of the old one', async () => {
  const { file, out } = folderWithStudy('seeds: 1\n');
  expect((await edgemlsim('study', file, '--out', out)).code).toBe(0);
  const before = journal(join(out, 'small/seed-1'));
  writeFileSync(file, readFileSync(file, 'utf8').concat('set: { training.epochs: 1 }\n'));
  const { code, stderr } = await edgemlsim('study', file, '--out', out);
  expect(code).toBe(3);
  expect(stderr).toContain(`${join(out, 'small/seed-1')}: holds a run of another configuration`);
  expect(journal(join(out, 'small/seed-1'))).toBe(before);
});

test('stopped by Ctrl-C the runs write checkpoints, and the same command goes on', async () => {
  const { file, out } = folderWithStudy('seeds: 3\nset: { training.epochs: 20 }\n');
  const whole = await edgemlsim('study', file, '--json', '--out', `${out}-whole`);
  const study = start(['study', file, '--out', out, '--jobs', '2']);
  const runDir = join(out, 'small/seed-1');
  const isUnderWay = () =>
    existsSync(join(runDir, 'journal.jsonl')) && journal(runDir).includes('"type":"round-ended"');
  while (!isUnderWay() && study.exitCode === null) await pause(5);
  study.kill('SIGINT');
  const stopped = await study.outcome;
  expect(stopped.code).toBe(130);
  expect(stopped.stderr).toContain(`edgemlsim study ${file}`);
  expect(['stopped', 'done']).toContain(status(runDir));
  expect(existsSync(join(out, 'small/seed-3'))).toBe(false);

  const on = await edgemlsim('study', file, '--json', '--out', out);
  expect([on.code, on.stderr]).toEqual([0, '']);
  const hashes = ({ stdout }: { stdout: string }) =>
    (JSON.parse(stdout) as { runs: { journalHash: string }[] }).runs.map((run) => run.journalHash);
  expect(hashes(on)).toEqual(hashes(whole));
});

test('killed with -9 a study takes its runs along, and the same command goes on', async () => {
  const { file, out } = folderWithStudy('seeds: 1\nset: { training.epochs: 100000 }\n');
  const study = start(['study', file, '--out', out]);
  const runDir = join(out, 'small/seed-1');
  while (!existsSync(join(runDir, 'journal.jsonl')) && study.exitCode === null) await pause(5);
  study.kill('SIGKILL');
  await expect.poll(() => status(runDir)).toBe('stopped');
  const again = start(['study', file, '--out', out]);
  await expect.poll(() => status(runDir)).toBe('running');
  again.kill('SIGTERM');
  expect((await again.outcome).code).toBe(143);
});

test('runs that fail are listed with their error, the others are reported, and it ends with 4', async () => {
  const { file, out, folder } = folderWithStudy(`seeds: 1
grid:
  rule:
    good: {}
    bad: { layers.edge.aggregate.rule: broken.js }
    refused: { mobility.model: static, servers.0.site: { junction: nowhere } }
`);
  writeFileSync(
    join(folder, 'broken.js'),
    `import { defineAggregator } from 'edgemlsim/rules';
export default defineAggregator({
  name: 'broken',
  summary: 'throws',
  minimumInputs: () => 1,
  aggregate: () => { throw new Error('out of order'); },
});
`,
  );
  const { code, stdout, stderr } = await edgemlsim('study', file, '--out', out);
  expect(code).toBe(4);
  expect(stderr).toMatch(/^2 of 3 runs failed:$/m);
  // One that fails before it has begun lets go of the study, too.
  expect(stderr).toContain('a junction cannot be found without a network');
  expect(stderr).toContain(join(out, 'bad/seed-1'));
  expect(stderr).toContain('out of order');
  expect(stdout).toMatch(/^good +1 /m);
  expect(stdout).not.toMatch(/^bad /m);
});

test('two studies in one folder at a time are refused; a dead one does not count', async () => {
  const { file, out } = folderWithStudy('seeds: 1\n');
  expect((await edgemlsim('study', file, '--out', out)).code).toBe(0);
  leaveLock(out);
  const refused = await edgemlsim('study', file, '--out', out);
  expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('is at work')]);
  rmSync(join(out, '.lock'), { recursive: true });
  leaveLock(out, { began: 'another time' });
  expect((await edgemlsim('study', file, '--out', out)).code).toBe(0);
  expect(existsSync(join(out, '.lock'))).toBe(false);
});

test('a faulty study ends with 3 and runs nothing', async () => {
  const { file, out } = folderWithStudy('seeds: many\n');
  const { code, stdout, stderr } = await edgemlsim('study', file, '--out', out);
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr).toMatch(/small\.study\.yaml:3:8: seeds: found the text "many"/);
  expect(existsSync(out)).toBe(false);
});
