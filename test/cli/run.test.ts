import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunSummary } from '#src/run/run-summary.js';
import { plainEnvironment } from '../plain-environment.ts';
import { edgemlsim, edgemlsimIn, folderWithConfig, main, type Outcome, start } from './program.ts';

const summaryIn = ({ stdout }: Outcome): RunSummary => JSON.parse(stdout) as RunSummary;

test('a run ends with a table, the run folder and 0; nothing else is on stdout', async () => {
  const { folder, config } = folderWithConfig();
  const { code, stdout, stderr } = await edgemlsimIn(folder, 'run', config);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^status +done$/m);
  expect(stdout).toMatch(/^journal hash +[0-9a-f]{64}$/m);
  expect(stdout).toContain(`run folder    ${join('runs', 'small-seed1')}\n`);
  const files = [
    'checkpoints',
    'config.resolved.yaml',
    'journal.jsonl',
    'metrics.csv',
    'plot.svg',
    'provenance.json',
    'status.json',
  ];
  expect(readdirSync(join(folder, 'runs/small-seed1'))).toEqual(expect.arrayContaining(files));
});

test('away from a terminal stderr begins with the run folder and has no control sequences', () => {
  const { folder, config } = folderWithConfig();
  const { stdout, stderr } = spawnSync(process.execPath, [main, 'run', config], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...plainEnvironment(), NO_COLOR: '', CI: 'true' },
  });
  // Behind what a slow machine says of long steps.
  const [first] = stderr.split('\n').filter((line) => !line.endsWith(' …'));
  expect(first).toBe(`run folder: ${join('runs', 'small-seed1')}`);
  const sequence = '\u001b';
  expect([stdout.includes(sequence), stderr.includes(sequence)]).toEqual([false, false]);
});

test('without --out each run has a folder of its own; --seed names it', async () => {
  const { folder, config } = folderWithConfig();
  const dirs: string[] = [];
  for (const more of [[], [], ['--seed', '7']]) {
    const outcome = await edgemlsimIn(folder, 'run', config, '--json', ...more);
    dirs.push(summaryIn(outcome).runDir);
  }
  expect(dirs).toEqual(['small-seed1', 'small-seed1-2', 'small-seed7'].map((dir) => `runs/${dir}`));
});

test('a folder that holds something is refused, an empty one is taken', async () => {
  const { folder, config } = folderWithConfig();
  const taken = join(folder, 'taken');
  mkdirSync(taken);
  expect((await edgemlsim('run', config, '--out', taken)).code).toBe(0);
  const again = await edgemlsim('run', config, '--out', taken);
  expect(again.code).toBe(3);
  expect(again.stderr).toContain(`edgemlsim resume ${taken}`);
});

test('--until stops with a checkpoint and 0, resume goes on to the same hash', async () => {
  const { folder, config } = folderWithConfig();
  const whole = summaryIn(await edgemlsim('run', config, '--json', '--out', join(folder, 'a')));
  const part = join(folder, 'b');
  const stopped = await edgemlsim('run', config, '--json', '--out', part, '--until', 'round:5');
  expect(stopped.code).toBe(0);
  expect(summaryIn(stopped)).toMatchObject({ status: 'stopped', rounds: 5 });
  expect(stopped.stderr).toContain(`edgemlsim resume ${part}`);
  const resumed = await edgemlsim('resume', part, '--json', '--threads', '1');
  expect(resumed.code).toBe(0);
  expect(summaryIn(resumed)).toMatchObject({ status: 'done', journalHash: whole.journalHash });
});

test('--pause-at without a terminal goes on at once and changes nothing', async () => {
  const { folder, config } = folderWithConfig();
  const plain = await edgemlsim('run', config, '--json', '--out', join(folder, 'a'));
  const paused = await edgemlsim(
    ...['run', config, '--json', '--out', join(folder, 'b'), '--pause-at', '0:00:30'],
  );
  expect(paused.code).toBe(0);
  expect(summaryIn(paused).journalHash).toBe(summaryIn(plain).journalHash);
});

test('a run folder that cannot be made fails the run with 1 and a reason', async () => {
  const { folder, config } = folderWithConfig();
  writeFileSync(join(folder, 'file'), '');
  const { code, stderr } = await edgemlsim('run', config, '--out', join(folder, 'file/run'));
  expect(code).toBe(1);
  expect(stderr).toContain('the run failed: cannot make the run folder');
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('what a rule of the user prints does not spoil the JSON document', async () => {
  const { folder, config } = folderWithConfig();
  writeFileSync(
    join(folder, 'talking.js'),
    `import { defineAggregator } from 'edgemlsim/rules';
import { meanOf } from 'edgemlsim/rules/toolbox';
     export default defineAggregator({
       name: 'talking', summary: 'a mean that talks', minimumInputs: () => 1,
       aggregate(vectors) { console.log('hello'); return { vector: meanOf(vectors) }; },
     });`,
  );
  const rule = 'layers.edge.aggregate.rule=./talking.js';
  const outcome = await start(['run', config, rule, '--json'], folder).outcome;
  expect(summaryIn(outcome).status).toBe('done');
  expect(outcome.stderr).toContain('hello');
});

test('a run that ends before its epochs are over says why', async () => {
  const { folder, config } = folderWithConfig();
  const more = ['mobility.end=stop', 'training.epochs=1000'];
  const { code, stdout } = await edgemlsimIn(folder, 'run', config, ...more);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^status +done: the trace was over before the epochs were/m);
});
