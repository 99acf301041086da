import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { sshAgents } from '#src/deploy/ssh.js';
import { readHostList } from '#src/deploy/ssh-hosts.js';
import { main, start } from '../cli/program.ts';
import { testNeeding } from '../needs.ts';
import { sshdRig } from '../rigs/needs.ts';
import { deploymentFolder, expectGoodEnd, nobodyWorksIn, processesIn } from './deployed-run.ts';

function hostList(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-hosts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'hosts.yaml');
  writeFileSync(file, text);
  return file;
}

describe('the launcher ssh', () => {
  it('logs in as the list says, and keeps words apart in the remote shell', () => {
    const hosts = readHostList(
      hostList(`
- { host: lab1, user: me, port: 2222, key: /keys/lab, folder: "/home/me/it's here", cores: 4 }
- { host: lab2, folder: /srv, program: /opt/node main.js }`),
    );
    const launch = sshAgents(hosts, null, '10.0.0.1');
    expect(launch.agents).toBe(2);
    const [first, second] = launch.commands(['--join', '10.0.0.1:7000']);
    expect(first!.slice(-6)).toEqual([
      ...['-i', '/keys/lab', '-p', '2222', 'me@lab1'],
      `cd '/home/me/it'\\''s here' && exec npx --no edgemlsim agent --join 10.0.0.1:7000 --name lab1 --cores 4`,
    ]);
    expect(second!.slice(-2)).toEqual([
      'lab2',
      'cd /srv && exec /opt/node main.js agent --join 10.0.0.1:7000 --name lab2',
    ]);
  });

  it('shows what is wrong in a list', () => {
    const file = hostList('- { host: lab1, usr: me }');
    expect(() => readHostList(file)).toThrow(/not a list of hosts: .*usr/s);
    expect(() => readHostList('/nowhere.yaml')).toThrow(/^\/nowhere\.yaml: not a list of hosts/);
  });
});

const onNetworks = testNeeding({ ...sshdRig, programs: [...sshdRig.programs!, 'ssh'] });
const bridge = `eml${process.pid % 10_000_000}`;

describe('three machines with sshd', () => {
  const rig = mkdtempSync(join(tmpdir(), 'edgemlsim-sshd-'));
  const isUp = () => spawnSync('ip', ['link', 'show', bridge], { stdio: 'ignore' }).status === 0;

  afterAll(() => {
    if (isUp()) execFileSync('bash', [resolve('test/rigs/sshd-down.sh'), rig]);
    rmSync(rig, { recursive: true, force: true });
  });

  function deployment(...overrides: string[]) {
    if (!isUp()) execFileSync('bash', [resolve('test/rigs/sshd-up.sh'), rig, bridge, '3']);
    const { folder, config, runDir } = deploymentFolder();
    const hosts = join(folder, 'hosts.yaml');
    const list = [1, 2, 3].map((machine) => ({
      host: `${bridge}${machine}`,
      folder,
      program: `${process.execPath} ${main}`,
    }));
    writeFileSync(hosts, JSON.stringify(list));
    const child = start(
      [
        ...['deploy', 'ssh', config, ...overrides, '--hosts', hosts, '--out', runDir, '--json'],
        ...['--ssh-config', join(rig, 'ssh_config')],
        ...['--listen', readFileSync(join(rig, 'address'), 'utf8').trim()],
      ],
      folder,
    );
    return { child, folder, runDir };
  }

  onNetworks('run what they may, over TLS', async () => {
    const [first, second] = [`${bridge}1`, `${bridge}2`];
    const { child, folder, runDir } = deployment(
      `live.placement.workers=[${second}]`,
      `live.placement.cloud=[${first}]`,
    );
    const { code, stdout, stderr } = await child.outcome;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(new RegExp(`^${first} .*: .*cloud`, 'm'));
    expect(stderr).toMatch(new RegExp(`^${second} .*: .*workers$`, 'm'));
    expect(stderr).not.toContain('INSECURE');
    expect(JSON.parse(stdout)).toEqual(await expectGoodEnd(folder, runDir));
  });

  onNetworks('are left by all when the coordinator is killed', async () => {
    const { child, folder } = deployment('training.epochs=1000');
    // The coordinator, three times ssh; over there three agents and four processes.
    await expect.poll(() => processesIn(folder).length).toBe(11);
    child.kill('SIGKILL');
    await child.outcome;
    await nobodyWorksIn(folder);
  });
});
