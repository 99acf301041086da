import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { mpirunAgents, rankOf } from '#src/deploy/mpirun.js';
import { besidesProgress, main } from '../cli/program.ts';
import { testNeeding } from '../needs.ts';
import { plainEnvironment } from '../plain-environment.ts';
import { deploymentFolder, expectGoodEnd } from './deployed-run.ts';

describe('the launcher mpirun', () => {
  it('starts as many ranks as agents, on the machines of a host file', () => {
    const launch = mpirunAgents(['edgemlsim'], 3, 'hosts', '10.0.0.1');
    expect(launch.agents).toBe(3);
    expect(launch.commands(['--rendezvous', 'r'])).toEqual([
      ['mpirun', '-n', '3', '--hostfile', 'hosts', 'edgemlsim', 'agent', '--rendezvous', 'r'],
    ]);
  });

  it('knows its rank from Open MPI, from others, and that there is none', () => {
    const open = { OMPI_COMM_WORLD_RANK: '2', OMPI_COMM_WORLD_SIZE: '4' };
    expect(rankOf(open)).toEqual({ rank: 2, ranks: 4 });
    expect(rankOf({ PMI_RANK: '0', PMI_SIZE: '3' })).toEqual({ rank: 0, ranks: 3 });
    expect(rankOf({})).toBeNull();
  });
});

/** Open MPI does not start without ssh, not even on one machine. */
const withMpirun = testNeeding({ programs: ['mpirun', 'ssh'] });

/** Open MPI asks twice whether root may use it, and counts two cores as two ranks. */
function mpiEnvironment(): NodeJS.ProcessEnv {
  return {
    ...plainEnvironment(),
    OMPI_ALLOW_RUN_AS_ROOT: '1',
    OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
    OMPI_MCA_rmaps_base_oversubscribe: '1',
  };
}

async function outcomeOf(file: string, args: string[], cwd: string) {
  const child = spawn(file, args, {
    cwd,
    env: mpiEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  return { code, stdout, stderr };
}

describe('mpirun', () => {
  withMpirun('starts three agents for a coordinator', async () => {
    const { folder, config, runDir } = deploymentFolder();
    const args = [main, 'deploy', 'mpirun', config, '--ranks', '3', '--out', runDir, '--json'];
    const { code, stdout, stderr } = await outcomeOf(process.execPath, args, folder);
    expect(besidesProgress(stderr).trim().split('\n')).toHaveLength(3);
    expect({ code, stderr }).toEqual({ code: 0, stderr });
    expect(JSON.parse(stdout)).toEqual(await expectGoodEnd(folder, runDir));
  });

  withMpirun('starts three ranks, of which the first simulates for the others', async () => {
    const { folder, config, runDir } = deploymentFolder();
    const command = [process.execPath, main, 'deploy', 'mpirun', config, '--out', runDir, '--json'];
    const { code, stdout, stderr } = await outcomeOf('mpirun', ['-n', '3', ...command], folder);
    expect(stderr.match(/ \(cores: \d+\): /g)).toHaveLength(2);
    expect({ code, stderr }).toEqual({ code: 0, stderr });
    expect(JSON.parse(stdout)).toEqual(await expectGoodEnd(folder, runDir));
  });
});
