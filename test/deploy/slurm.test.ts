import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slurmAgents } from '#src/deploy/slurm.js';
import { edgemlsim, main } from '../cli/program.ts';
import { lacking, testNeeding } from '../needs.ts';
import { plainEnvironment } from '../plain-environment.ts';
import { slurmRig } from '../rigs/needs.ts';
import { deploymentFolder, expectGoodEnd } from './deployed-run.ts';

describe('the launcher slurm', () => {
  const allocation = {
    SLURM_JOB_ID: '7',
    SLURM_JOB_NUM_NODES: '4',
    SLURM_JOB_CPUS_PER_NODE: '4(x3),2',
  };

  it('starts one agent a node, with the cores that every node has', () => {
    const launch = slurmAgents(['edgemlsim'], allocation, '10.0.0.1');
    expect(launch.agents).toBe(4);
    const [command] = launch.commands(['--rendezvous', '/shared/r']);
    const line = command!.join(' ');
    expect(line).toMatch(/^srun --nodes 4 --ntasks 4 --ntasks-per-node 1 --cpus-per-task 2 /);
    expect(line).toMatch(/ edgemlsim agent --rendezvous \/shared\/r$/);
  });

  it('says how to get an allocation where there is none', () => {
    expect(() => slurmAgents(['edgemlsim'], {}, '10.0.0.1')).toThrow(/not inside an allocation/);
  });
});

const needs = {
  ...slurmRig,
  programs: [...slurmRig.programs!, 'salloc', 'sbatch', 'srun'] as const,
};
const onSlurm = testNeeding(needs);
const hasSlurm = lacking(needs).length === 0 || process.env.EDGEMLSIM_SKIP_NOTHING;

describe('a Slurm of four nodes', () => {
  const rig = mkdtempSync(join(tmpdir(), 'edgemlsim-slurm-'));
  const basePort = 20_000 + (process.pid % 5000) * 2;
  const slurm = (file: string, args: string[], cwd: string) =>
    spawnSync(file, args, {
      cwd,
      encoding: 'utf8',
      env: { ...plainEnvironment(), SLURM_CONF: join(rig, 'slurm.conf') },
    });

  beforeAll(() => {
    if (!hasSlurm) return;
    execFileSync('bash', [resolve('test/rigs/slurm-up.sh'), rig, '4', '2', String(basePort)]);
  });

  afterAll(() => {
    if (hasSlurm) execFileSync('bash', [resolve('test/rigs/slurm-down.sh'), rig]);
    rmSync(rig, { recursive: true, force: true });
  });

  onSlurm('runs one agent on each, inside an allocation', async () => {
    const { folder, config, runDir } = deploymentFolder();
    const args = ['--nodes=4', '--exclusive', process.execPath, main, 'deploy', 'slurm', config];
    const { stdout, stderr } = slurm('salloc', [...args, '--out', runDir, '--json'], folder);
    const nodes = [...stderr.matchAll(/^(n\d) \(cores: 2\): \S.*$/gm)].map(([, node]) => node);
    expect(nodes.sort()).toEqual(['n1', 'n2', 'n3', 'n4']);
    expect(JSON.parse(stdout)).toEqual(await expectGoodEnd(folder, runDir));
  });

  onSlurm('runs a batch job by the script that is made for it', async () => {
    const { folder, config, runDir } = deploymentFolder();
    const args = ['deploy', 'slurm', config, 'live.placement.cloud=[n2]', '--out', runDir];
    const { stdout: script } = await edgemlsim(...args, '--script', '3', '--cpus', '1');
    const file = join(folder, 'run.sbatch');
    writeFileSync(file, script);
    const log = join(folder, 'job.log');
    const sent = slurm('sbatch', ['--parsable', '--output', log, '--chdir', folder, file], folder);
    expect(sent.stderr).toBe('');
    const job = sent.stdout.trim();
    while (slurm('squeue', ['--noheader', '--job', job], folder).stdout.trim() !== '') {
      await wait(200);
    }
    expect(existsSync(runDir)).toBe(true);
    await expectGoodEnd(folder, runDir);
  });
});
