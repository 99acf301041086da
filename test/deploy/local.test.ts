import { readFileSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { edgemlsim, start } from '../cli/program.ts';
import {
  deploymentFolder,
  everythingIn,
  expectGoodEnd,
  processesIn,
  treeDeployment,
} from './deployed-run.ts';

const outward = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

describe('edgemlsim deploy local', () => {
  it('starts agents, which share the processes and end with the run', async () => {
    const { folder, config, runDir } = deploymentFolder();
    const token = join(folder, 'token');
    expect(await edgemlsim('deploy', 'token', token)).toMatchObject({ code: 0 });
    const secret = readFileSync(token, 'utf8').trim();
    const { outcome } = start(
      [
        'deploy',
        'local',
        config,
        '--agents',
        '2',
        '--out',
        runDir,
        '--json',
        '--token-file',
        token,
      ],
      folder,
    );
    const { code, stdout, stderr } = await outcome;
    expect(stderr).toMatch(/^local-\d \(cores: \d+\): .*\nlocal-\d \(cores: \d+\): .*\n$/);
    expect(code).toBe(0);
    const summary = await expectGoodEnd(folder, runDir);
    expect(JSON.parse(stdout)).toEqual(summary);
    expect(summary.accuracy.final).toBeGreaterThan(0.5);
    expect(secret).toHaveLength(64);
    expect(everythingIn(runDir)).not.toContain(secret);
  });

  it('runs a tree of models', async () => {
    const { folder, config, runDir } = treeDeployment();
    const { outcome } = start(['deploy', 'local', config, '--out', runDir, '--json'], folder);
    expect((await outcome).code).toBe(0);
    const summary = await expectGoodEnd(folder, runDir);
    expect(summary.ended).toBe('windows');
    const workers = summary.tree!.nodes.filter(({ layer }) => layer === 'worker');
    expect(workers.map(({ trained }) => trained)).toEqual([4, 4, 4, 4]);
  });

  it.skipIf(outward === undefined)('speaks TLS where other machines could listen', async () => {
    const { folder, config, runDir } = deploymentFolder();
    const args = ['deploy', 'local', config, 'live.transport=websocket', '--listen', outward!];
    const dry = await edgemlsim(...args, '--dry-run');
    expect(dry.stdout).toContain(`listens at ${outward}, any free port (websocket, TLS)`);
    const { outcome } = start([...args, '--out', runDir, '--json'], folder);
    expect((await outcome).code).toBe(0);
    await expectGoodEnd(folder, runDir);
  });

  it.skipIf(outward === undefined)('warns loudly where it is asked not to', async () => {
    const { config } = deploymentFolder();
    const args = ['deploy', 'local', config, '--listen', outward!, '--insecure', '--dry-run'];
    const { stderr, stdout } = await edgemlsim(...args);
    expect(stderr).toMatch(/^INSECURE: /);
    expect(stdout).toContain('(tcp, not encrypted)');
  });

  it('leaves no process behind when the coordinator is killed', async () => {
    const { folder, config, runDir } = deploymentFolder();
    const args = ['deploy', 'local', config, 'training.epochs=1000', '--out', runDir];
    const child = start(args, folder);
    // The coordinator, an agent and four processes.
    await expect.poll(() => processesIn(folder).length).toBe(6);
    child.kill('SIGKILL');
    await child.outcome;
    await expect.poll(() => processesIn(folder)).toEqual([]);
  });

  it('does nothing in a dry run but say what it would do', async () => {
    const { config, runDir, folder } = deploymentFolder();
    const args = ['deploy', 'local', config, '--out', runDir, '--dry-run'];
    const { code, stdout } = await edgemlsim(...args);
    expect(code).toBe(0);
    expect(stdout).toContain('processes, shared out by cores and live.placement: cloud | left | ');
    expect(stdout).toMatch(/runs: .* agent --join 127\.0\.0\.1:PORT --transport tcp /);
    expect(() => statSync(join(folder, 'run'))).toThrow('ENOENT');
  });
});
