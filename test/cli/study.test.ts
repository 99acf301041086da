import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { leaveLock } from '../run/locks.ts';
import { edgemlsim, edgemlsimIn, folderWithConfig, start } from './program.ts';

/** A study on a small config; a run takes a second. */
function folderWithStudy(text: string): { file: string; out: string; folder: string } {
  const { folder } = folderWithConfig();
  const file = join(folder, 'small.study.yaml');
  writeFileSync(file, `name: small\nbase: small.yaml\n${text}`);
  return { file, out: join(folder, 'out'), folder };
}

/** Each job is a process of its own, which takes longer to start than a run takes. */
const ONE_JOB = ['--jobs', '1'];

const TWO_ARMS = `seeds: 2
grid:
  rule:
    mean: {}
    median: { layers.edge.aggregate.rule: marginal-median }
`;

const status = (runDir: string) =>
  (JSON.parse(readFileSync(join(runDir, 'status.json'), 'utf8')) as { status: string }).status;

const journal = (runDir: string) => readFileSync(join(runDir, 'journal.jsonl'), 'utf8');

/** The same seed has the same movement, data and first model in both arms; another seed has others. */
function expectPairs(studyDir: string): void {
  const movement = ['enter-map', 'leave-map', 'enter-range', 'leave-range', 'associate'];
  const streams = (folder: string) => {
    const runDir = join(studyDir, folder);
    const lines = journal(runDir).trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as { type: string; version?: number });
    const withoutPlace = events.map((event) => ({ ...event, n: null }));
    const provenance = readFileSync(join(runDir, 'provenance.json'), 'utf8');
    return {
      movement: withoutPlace.filter(({ type }) => movement.includes(type)),
      // The evaluation of the first model on the test data, class by class.
      first: withoutPlace.find(({ type, version }) => type === 'evaluated' && version === 0),
      dataset: (JSON.parse(provenance) as { inputs: { dataset: string } }).inputs.dataset,
    };
  };
  const [mean, median, other] = ['mean/seed-1', 'median/seed-1', 'mean/seed-2'].map(streams);
  // An arm may come to its end earlier than another.
  const both = Math.min(mean!.movement.length, median!.movement.length);
  expect(both).toBeGreaterThan(20);
  expect(median!.movement.slice(0, both)).toEqual(mean!.movement.slice(0, both));
  expect([median!.first, median!.dataset]).toEqual([mean!.first, mean!.dataset]);
  expect(other!.first).not.toEqual(mean!.first);
}

test('a study runs every arm with every seed and compares them', async () => {
  const { file, out, folder } = folderWithStudy(TWO_ARMS);
  const first = await edgemlsimIn(folder, 'study', file);
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(first.stdout).toMatch(/^mean +2 +0 +\d/m);
  expect(first.stdout).toMatch(/^median +2 +0 +\d/m);
  expect(readdirSync(join(folder, 'runs/study-small')).sort()).toEqual([
    'mean',
    'median',
    'plan.json',
    'report.html',
    'report.md',
    'study.csv',
    'study.json',
    'study.svg',
    'verdicts.csv',
    'verdicts.md',
  ]);
  expectPairs(join(folder, 'runs/study-small'));
  const json = await edgemlsim('study', file, '--out', out, ...ONE_JOB, '--json');
  const report = JSON.parse(json.stdout) as { runs: { journalHash: string }[] };
  const others = JSON.parse(readFileSync(join(folder, 'runs/study-small/study.json'), 'utf8'));
  expect(report.runs.map(({ journalHash }) => journalHash)).toEqual(
    others.runs.map(({ journalHash }: { journalHash: string }) => journalHash),
  );
});

test('what is finished is not run again, and what is missing is', async () => {
  const { file, out } = folderWithStudy(TWO_ARMS.replace('seeds: 2', 'seeds: 1'));
  expect((await edgemlsim('study', file, '--out', out, ...ONE_JOB)).code).toBe(0);
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
  expect(stderr).toContain(
    `${join(out, 'small/seed-1')}: holds a run of another configuration: training.epochs: 2, now 1`,
  );
  expect(journal(join(out, 'small/seed-1'))).toBe(before);
});

test('stopped by Ctrl-C the runs write checkpoints, and the same command goes on', async () => {
  const { file, out } = folderWithStudy('seeds: 2\nset: { training.epochs: 20 }\n');
  const whole = await edgemlsim('study', file, '--json', '--out', `${out}-whole`, ...ONE_JOB);
  const study = start(['study', file, '--out', out, ...ONE_JOB]);
  const runDir = join(out, 'small/seed-1');
  const isUnderWay = () =>
    existsSync(join(runDir, 'journal.jsonl')) && journal(runDir).includes('"type":"round-ended"');
  while (!isUnderWay() && study.exitCode === null) await pause(5);
  study.kill('SIGINT');
  const stopped = await study.outcome;
  expect(stopped.code).toBe(130);
  expect(stopped.stderr).toContain(`edgemlsim study ${file}`);
  expect(['stopped', 'done']).toContain(status(runDir));
  expect(existsSync(join(out, 'small/seed-2'))).toBe(false);

  const on = await edgemlsim('study', file, '--json', '--out', out, ...ONE_JOB);
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

const BROKEN = `import { defineAggregator } from 'edgemlsim/rules';
export default defineAggregator({
  name: 'broken',
  summary: 'throws',
  minimumInputs: () => 1,
  aggregate: (vectors) => { throw new Error('out of order'); },
});
`;

interface StudyStatus {
  runs: { folder: string; state: string; error?: string; command: string[] }[];
}

async function statusOf(out: string): Promise<StudyStatus> {
  return JSON.parse((await edgemlsim('study', 'status', out, '--json')).stdout) as StudyStatus;
}

test('runs that fail stay so until they are retried, the others are reported, and it ends with 4', async () => {
  const { file, out, folder } = folderWithStudy(`seeds: 1
grid:
  rule:
    good: {}
    bad: { layers.edge.aggregate.rule: broken.js }
    refused: { layers.edge.aggregate.rule: refused.js }
`);
  writeFileSync(join(folder, 'broken.js'), BROKEN);
  // Loads where the study is checked, and not where its runs are.
  const refused = `if (process.send) throw new Error('does not load here');\n${BROKEN}`;
  writeFileSync(join(folder, 'refused.js'), refused);
  const { code, stdout, stderr } = await edgemlsim('study', file, '--out', out, ...ONE_JOB);
  expect(code).toBe(4);
  expect(stderr).toMatch(/^2 of 3 runs failed:$/m);
  // One that fails before it has begun lets go of the study, too.
  expect(stderr).toContain('does not load here');
  expect(stderr).toContain(join(out, 'bad/seed-1'));
  expect(stderr).toContain('out of order');
  expect(stdout).toMatch(/^good +1 /m);
  expect(stdout).not.toMatch(/^bad /m);

  const before = await statusOf(out);
  expect(before.runs.map(({ folder, state }) => [folder, state])).toEqual([
    ['good/seed-1', 'completed'],
    ['bad/seed-1', 'failed'],
    ['refused/seed-1', 'failed'],
  ]);
  expect(before.runs[2]!.error).toContain('does not load here');
  const bad = before.runs[1]!.command.join(' ');
  expect(bad).toMatch(
    /^run \S+small.yaml layers.edge.aggregate.rule=broken.js name=\S+ --seed 1 --out /,
  );

  const mended = BROKEN.replace(/throw .*;/, 'return { vector: vectors[0].slice() };');
  writeFileSync(join(folder, 'broken.js'), mended);
  const left = await edgemlsim('study', file, '--out', out);
  expect([left.code, left.stderr]).toEqual([4, expect.stringContaining('--retry failed')]);
  const retried = await edgemlsim('study', file, '--out', out, '--retry', 'failed', ...ONE_JOB);
  expect(retried.stderr).toMatch(/^1 of 3 runs failed:$/m);
  expect((await statusOf(out)).runs.map(({ state }) => state)).toEqual([
    'completed',
    'completed',
    'failed',
  ]);
});

test('with --fail-fast the first failure stops what is under way, and nothing more begins', async () => {
  const { file, out, folder } = folderWithStudy(`seeds: 1
grid:
  rule:
    long: { training.epochs: 100000 }
    bad: { layers.edge.aggregate.rule: broken.js }
    next: {}
`);
  writeFileSync(join(folder, 'broken.js'), BROKEN);
  const { code } = await edgemlsim('study', file, '--out', out, '--jobs', '2', '--fail-fast');
  expect(code).toBe(4);
  expect((await statusOf(out)).runs.map(({ state }) => state)).toEqual([
    expect.stringMatching(/interrupted|waiting/),
    'failed',
    'waiting',
  ]);
});

test('a killed run is interrupted, and the others go on; changed data is distinguished', async () => {
  const { file, out, folder } = folderWithStudy(`seeds: 1
grid:
  layers.edge.aggregate.rule: [own.js]
  training.epochs: [100000, 1]
`);
  const rule = BROKEN.replace(/throw .*;/, 'return { vector: vectors[0].slice() };');
  writeFileSync(join(folder, 'own.js'), rule);
  const study = start(['study', file, '--out', out, ...ONE_JOB]);
  const runDir = join(out, 'rule-own.js--epochs-100000/seed-1');
  const lock = join(runDir, '.lock');
  const isUnderWay = () => existsSync(join(runDir, 'journal.jsonl')) && existsSync(lock);
  while (!isUnderWay() && study.exitCode === null) await pause(5);
  const [name] = readdirSync(lock);
  const { pid } = JSON.parse(readFileSync(join(lock, name!), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
  const { code, stderr } = await study.outcome;
  expect([code, stderr]).toEqual([4, expect.stringContaining('killed by SIGKILL')]);
  expect((await statusOf(out)).runs.map(({ state }) => state)).toEqual([
    'interrupted',
    'completed',
  ]);

  writeFileSync(join(folder, 'own.js'), `${rule}// changed\n`);
  // In a process that has not loaded the file before.
  const refused = await start(['study', file, '--out', out]).outcome;
  expect(refused.code).toBe(3);
  expect(refused.stderr).toMatch(/seed-1: holds a run of other data: \S+own.js has changed since/);
});

test('a dry run shows the plan and its time, and keeps the one run that it takes', async () => {
  const { file, out } = folderWithStudy(TWO_ARMS);
  const dry = await edgemlsim('study', file, '--out', out, '--dry-run');
  expect([dry.code, dry.stderr]).toEqual([0, '']);
  expect(dry.stdout).toMatch(/^mean +2 +0 +0$/m);
  expect(dry.stdout).toContain('4 runs: 2 arms, 2 seeds; 4 left');
  expect(dry.stdout).toMatch(
    /^about 0:00:\d\d in all: [\d.]+ s a run, measured on the first one, which stays in\s\S+mean\/seed-1$/m,
  );
  const again = await edgemlsim('study', file, '--out', out, '--dry-run');
  expect(again.stdout).toContain('4 runs: 2 arms, 2 seeds; 3 left');
  expect(again.stdout).toContain(' s a run, the mean of those completed');
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

test('the report of a study has the same bytes from what its runs kept and from their journals', async () => {
  const { file, out } = folderWithStudy(TWO_ARMS.replace('seeds: 2', 'seeds: 1'));
  expect((await edgemlsim('study', file, '--out', out, ...ONE_JOB)).code).toBe(0);
  const facts = ['mean/seed-1', 'median/seed-1'].map((run) => join(out, run, 'report-facts.bin'));
  expect(facts.map((each) => existsSync(each))).toEqual([true, true]);
  const files = ['report.html', 'study.csv', 'study.svg', 'verdicts.csv'];
  const bytes = () => files.map((name) => readFileSync(join(out, name), 'utf8'));
  const report = () => edgemlsim('report', out, '--format', 'html', 'csv', 'svg');
  expect((await report()).code).toBe(0);
  const fromKept = bytes();
  for (const each of facts) rmSync(each);
  expect((await report()).code).toBe(0);
  expect(bytes()).toEqual(fromKept);
});

test('what only Slurm can keep to is refused on the cores of this machine', async () => {
  const { file, out } = folderWithStudy(TWO_ARMS);
  const one = await edgemlsim('study', file, '--out', out, '--time', '1:00');
  expect([one.code, existsSync(out)]).toEqual([2, false]);
  expect(one.stderr).toContain(
    'error: --time is an option of Slurm tasks, and this study runs on the cores of this machine: add --engine slurm, or leave it out',
  );
  const two = await edgemlsim('study', file, '--chunk', '2', '--partition', 'long');
  expect(two.stderr).toContain('error: --chunk, --partition are options of Slurm tasks');
});
