import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from 'vitest';
import { lacking, testNeeding } from '../needs.ts';
import { slurmRig } from '../rigs/needs.ts';
import { edgemlsim, folderWithConfig, start } from './program.ts';

const needs = { ...slurmRig, programs: [...slurmRig.programs!, 'sbatch'] as const };
const onSlurm = testNeeding(needs);
const hasSlurm = lacking(needs).length === 0 || process.env.EDGEMLSIM_SKIP_NOTHING;

const rig = mkdtempSync(join(tmpdir(), 'edgemlsim-slurm-'));

beforeAll(() => {
  if (!hasSlurm) return;
  const basePort = 30_000 + (process.pid % 5000) * 2;
  execFileSync('bash', [resolve('test/rigs/slurm-up.sh'), rig, '4', '2', String(basePort)]);
  process.env.SLURM_CONF = join(rig, 'slurm.conf');
});

afterAll(() => {
  delete process.env.SLURM_CONF;
  if (hasSlurm) execFileSync('bash', [resolve('test/rigs/slurm-down.sh'), rig]);
  rmSync(rig, { recursive: true, force: true });
});

const BROKEN = `import { defineAggregator } from 'edgemlsim/rules';
export default defineAggregator({
  name: 'broken',
  summary: 'throws',
  minimumInputs: () => 1,
  aggregate: () => { throw new Error('out of order'); },
});
`;

/** Stands still in its twentieth aggregation until there is a file `open` beside it. */
const GATED = `import { existsSync } from 'node:fs';
import { defineAggregator } from 'edgemlsim/rules';
const gate = new URL('open', import.meta.url);
const cell = new Int32Array(new SharedArrayBuffer(4));
let calls = 0;
export default defineAggregator({
  name: 'gated',
  summary: 'the first vector, when it may go on',
  minimumInputs: () => 1,
  aggregate: (vectors) => {
    calls += 1;
    while (calls === 20 && !existsSync(gate)) Atomics.wait(cell, 0, 0, 20);
    return { vector: vectors[0].slice() };
  },
});
`;

interface Report {
  runs: { folder: string; journalHash: string }[];
}

const hashesOf = (stdout: string) =>
  (JSON.parse(stdout) as Report).runs.map(({ folder, journalHash }) => [folder, journalHash]);

onSlurm(
  'a study goes on as a job array when it is killed, and the next one picks it up',
  async () => {
    const { folder } = folderWithConfig();
    const file = join(folder, 'small.study.yaml');
    const out = join(folder, 'out');
    writeFileSync(join(folder, 'broken.js'), BROKEN);
    writeFileSync(
      file,
      `name: small
base: small.yaml
seeds: 2
grid: { layers.edge.aggregate.rule: [mean, marginal-median, broken.js] }
`,
    );
    const array = ['study', file, '--out', out, '--engine', 'slurm', '--jobs', '2', '--chunk', '2'];
    const first = start(array);
    while (!existsSync(join(out, 'slurm/batch-1/job')) && first.exitCode === null) await pause(5);
    first.kill('SIGKILL');
    await first.outcome;
    const refused = await edgemlsim('study', file, '--out', out);
    // Either they go on, or they were faster than this.
    if (refused.code === 3) expect(refused.stderr).toContain('its job array goes on');

    const { code, stdout, stderr } = await edgemlsim(...array, '--json');
    expect(code).toBe(4);
    expect(stderr).toMatch(/^2 of 6 runs failed:$/m);
    expect(stderr).toContain('out of order');
    expect(stderr).toMatch(/log of its task: \S+slurm\/batch-1\/logs\/task-2\.log/);
    expect(readdirSync(join(out, 'slurm'))).toEqual(['batch-1']);
    expect(readFileSync(join(out, 'slurm/batch-1/array.sbatch'), 'utf8')).toContain(
      '--array=0-2%2',
    );
    expect(readdirSync(join(out, 'rule-mean'))).toEqual(['seed-1', 'seed-2']);
    const provenance = readFileSync(join(out, 'rule-mean/seed-2/provenance.json'), 'utf8');
    const { commandLine } = JSON.parse(provenance) as { commandLine: string[] };
    expect(commandLine.slice(1).join(' ')).toMatch(
      /^run \S+small.yaml .* --seed 2 --out \S+seed-2$/,
    );

    const local = await edgemlsim('study', file, '--out', `${out}-local`, '--json');
    expect(hashesOf(stdout)).toEqual(hashesOf(local.stdout));
  },
);

/** Files in a folder once they are as expected. */
async function filesOnce(
  folder: string,
  isExpected: (files: string[]) => boolean,
): Promise<string[]> {
  for (;;) {
    const files = existsSync(folder) ? readdirSync(folder) : [];
    if (isExpected(files)) return files;
    await pause(50);
  }
}

onSlurm(
  'a task that Slurm requeues goes on in an attempt of its own, from the last checkpoint',
  async () => {
    const { folder } = folderWithConfig('checkpoints: { everyRounds: 1 }\n');
    const file = join(folder, 'small.study.yaml');
    const out = join(folder, 'out');
    writeFileSync(join(folder, 'gated.js'), GATED);
    writeFileSync(
      file,
      'name: small\nbase: small.yaml\nseeds: 1\nset: { layers.edge.aggregate.rule: gated.js }\n',
    );
    const study = start(['study', file, '--out', out, '--engine', 'slurm', '--json']);
    const arm = join(out, 'small');
    const first = join(arm, 'seed-1.attempt-1.0/checkpoints');
    await filesOnce(first, (files) => files.some((name) => name.endsWith('.checkpoint')));
    const task = `${readFileSync(join(out, 'slurm/batch-1/job'), 'utf8').trim()}_0`;
    execFileSync('scontrol', ['requeue', task]);
    await filesOnce(arm, (files) => {
      // Slurm lets a requeued task wait for two minutes unless it is asked otherwise, which it refuses at first.
      spawnSync('scontrol', ['update', `JobId=${task}`, 'StartTime=now']);
      return files.includes('seed-1.attempt-1.1');
    });
    writeFileSync(join(folder, 'open'), '');
    const { code, stdout, stderr } = await study.outcome;
    expect([code, stderr]).toEqual([0, '']);
    expect(readdirSync(arm)).toEqual(['seed-1']);
    const journal = readFileSync(join(arm, 'seed-1/journal.jsonl'), 'utf8');
    expect(journal.match(/"type":"resumed"/g)).toHaveLength(1);

    const local = await edgemlsim('study', file, '--out', `${out}-local`, '--json');
    expect(hashesOf(stdout)).toEqual(hashesOf(local.stdout));
  },
);

onSlurm('with --fail-fast the first failure cancels the array', async () => {
  const { folder } = folderWithConfig();
  const file = join(folder, 'small.study.yaml');
  const out = join(folder, 'out');
  writeFileSync(join(folder, 'broken.js'), BROKEN);
  writeFileSync(
    file,
    `name: small
base: small.yaml
seeds: 1
grid:
  rule:
    long: { training.epochs: 100000 }
    bad: { layers.edge.aggregate.rule: broken.js }
    after bad: { training.epochs: 90000 }
    last: { training.epochs: 80000 }
`,
  );
  const array = ['--engine', 'slurm', '--jobs', '2', '--fail-fast'];
  const { code, stderr } = await edgemlsim('study', file, '--out', out, ...array);
  expect(code).toBe(4);
  expect(stderr).toMatch(/^1 of 4 runs failed:$/m);
  const { stdout } = await edgemlsim('study', 'status', out, '--json');
  const { runs } = JSON.parse(stdout) as { runs: { state: string }[] };
  expect(runs.map(({ state }) => state)).toEqual([
    'interrupted',
    'failed',
    expect.stringMatching(/interrupted|waiting/),
    'waiting',
  ]);
  const left = execFileSync('squeue', ['--noheader', '--array', '--states=RUNNING,PENDING']);
  expect(left.toString()).toBe('');
});
