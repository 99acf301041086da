import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, onTestFinished, type TestContext } from 'vitest';
import { readRunRecord } from '#src/report/run/run-record.js';
import type { RunStatus } from '#src/run/run-folder.js';
import { edgemlsim, main } from '../cli/program.ts';
import { lacking, testNeeding } from '../needs.ts';
import { plainEnvironment } from '../plain-environment.ts';
import { dockerRig } from '../rigs/needs.ts';
import { deploymentFolder, everythingIn, expectGoodEnd, treeDeployment } from './deployed-run.ts';

/** Exit code of `docker-up.sh` where the machine does not let a daemon start. */
const NOT_HERE = 3;

const it = testNeeding(dockerRig);
const hasDocker = lacking(dockerRig).length === 0 || process.env.EDGEMLSIM_SKIP_NOTHING;

/** In a container: its limits by its control group, of version 2 or 1. */
const showLimits = `
const { existsSync, readFileSync } = require('fs');
const read = (file) => readFileSync('/sys/fs/cgroup/' + file, 'utf8').trim();
const isNew = existsSync('/sys/fs/cgroup/memory.max');
const cpu = isNew ? read('cpu.max').split(' ') : [read('cpu/cpu.cfs_quota_us'), read('cpu/cpu.cfs_period_us')];
const memory = read(isNew ? 'memory.max' : 'memory/memory.limit_in_bytes');
console.log(JSON.stringify({ cpus: cpu[0] / cpu[1], memoryMiB: memory / 2 ** 20 }));
`;

describe('a Compose file, run by Docker [where a Docker daemon starts]', () => {
  const rig = mkdtempSync(join(tmpdir(), 'edgemlsim-docker-'));
  const environment = { ...plainEnvironment(), DOCKER_HOST: `unix://${rig}/docker.sock` };
  let whyNot: string | null = null;

  beforeAll(() => {
    if (!hasDocker) return;
    const up = spawnSync('bash', [resolve('test/rigs/docker-up.sh'), rig], { encoding: 'utf8' });
    if (up.status === 0) return;
    whyNot = up.stderr.trim().split('\n').at(-1)!;
    if (up.status === NOT_HERE) return;
    throw new Error(up.stderr);
  });

  afterAll(() => {
    if (hasDocker) spawnSync('bash', [resolve('test/rigs/docker-down.sh'), rig]);
    rmSync(rig, { recursive: true, force: true });
  });

  async function outputOf(program: string, ...args: string[]): Promise<string> {
    const child = spawn(program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((end) => child.once('close', end));
    const [said, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if ((await ended) !== 0) throw new Error(`${program} ${args.join(' ')}\n${said}${complaints}`);
    return said;
  }

  /** A Compose file, and `docker-compose` of it; `down` follows the test. */
  async function composedFrom(
    made: typeof deploymentFolder,
    skip: TestContext['skip'],
    ...more: string[]
  ) {
    skip(whyNot !== null, whyNot ?? '');
    const { config, folder } = made();
    const out = join(folder, 'containers');
    const args = ['deploy', 'compose', config, ...more, '--out', out, '--image', 'edgemlsim-node'];
    expect(await edgemlsim(...args)).toMatchObject({ code: 0, stderr: '' });
    const dockerCompose = (...words: string[]) =>
      outputOf('docker-compose', '--ansi', 'never', '--file', join(out, 'compose.yaml'), ...words);
    onTestFinished(async () => void (await dockerCompose('down')));
    /** Docker's word for each container that was made, by service. */
    const inspected = async (what: string) => {
      const ids = (await dockerCompose('ps', '--quiet')).trim().split('\n');
      const service = '{{index .Config.Labels "com.docker.compose.service"}}';
      const lines = await outputOf('docker', 'inspect', '--format', `${service} ${what}`, ...ids);
      const words = lines
        .trim()
        .split('\n')
        .map((line) => line.split(' ') as [string, string]);
      return Object.fromEntries(words);
    };
    return { folder, out, runDir: join(out, 'run'), dockerCompose, inspected };
  }

  const statusOf = (runDir: string) =>
    JSON.parse(readFileSync(join(runDir, 'status.json'), 'utf8')) as RunStatus;

  const isLearning = (runDir: string) =>
    existsSync(join(runDir, 'journal.jsonl')) &&
    readFileSync(join(runDir, 'journal.jsonl'), 'utf8').includes('"type":"updated"');

  const services = ['cloud', 'server-1', 'server-2', 'workers-1'];
  const everyEnd = (code: string, of = services) =>
    Object.fromEntries(of.map((service) => [service, code]));

  /** Runs that go on for long, and their services but the coordinator. */
  const longRuns = [
    ['rounds', deploymentFolder, 'training.epochs=1000', services],
    ['a tree of models', treeDeployment, 'windows.count=1000', [...services, 'workers-2']],
  ] as const;

  it('goes to its end, each process in the container that is called after it', async (context) => {
    const { folder, out, runDir, dockerCompose, inspected } = await composedFrom(
      deploymentFolder,
      context.skip,
    );
    await dockerCompose('up');
    await expectGoodEnd(folder, runDir);
    const said = await dockerCompose('logs', '--no-log-prefix', 'coordinator');
    expect(said).toMatch(/^cloud \(cores: 1\): cloud$/m);
    expect(said).toMatch(/^server-[12] \(cores: 1\): left$/m);
    expect(said).toMatch(/^workers-1 \(cores: 1\): \d+ workers$/m);
    expect(said).not.toContain('INSECURE');
    expect(await inspected('{{.State.ExitCode}}')).toEqual({ coordinator: '0', ...everyEnd('0') });
    const token = readFileSync(join(out, 'token'), 'utf8').trim();
    expect(everythingIn(runDir)).not.toContain(token);
  });

  it('gives each node of a tree a container with the cores and memory of its layer', async ({
    skip,
  }) => {
    const { folder, runDir, dockerCompose, inspected } = await composedFrom(
      ...[treeDeployment, skip, 'layers.worker.cpus=0.8', 'layers.worker.memoryMb=256'],
    );
    await dockerCompose('up');
    expect((await expectGoodEnd(folder, runDir)).ended).toBe('windows');
    const cpus = await inspected('{{.HostConfig.NanoCpus}}');
    const bytes = await inspected('{{.HostConfig.Memory}}');
    for (const worker of ['workers-1', 'workers-2', 'workers-3', 'workers-4']) {
      expect([cpus[worker], bytes[worker]]).toEqual(['800000000', '256000000']);
    }
    expect(cpus['server-1']).toBe('1000000000');
  });

  for (const [what, made, goesOn, agents] of longRuns) {
    it(`limits every container, and stops ${what} when Compose is asked to stop`, async ({
      skip,
    }) => {
      const { runDir, dockerCompose, inspected } = await composedFrom(
        ...[made, skip, goesOn, 'live.transport=websocket'],
        ...['--cpus', '1', '--memory', '512'],
      );
      await dockerCompose('up', '--detach');
      for (const service of ['coordinator', ...agents]) {
        const limits = await dockerCompose('exec', '-T', service, 'node', '-e', showLimits);
        expect(JSON.parse(limits)).toEqual({ cpus: 1, memoryMiB: 512 });
      }
      await expect.poll(() => isLearning(runDir)).toBe(true);
      const paused = await dockerCompose(
        ...['exec', '-T', 'coordinator', 'node', realpathSync(main), 'ctl', runDir, 'pause'],
      );
      expect(JSON.parse(paused)).toMatchObject({ state: 'paused' });
      await dockerCompose('stop');
      expect(statusOf(runDir).status).toBe('stopped');
      expect((await readRunRecord(join(runDir, 'journal.jsonl'))).violations).toEqual([]);
      const { coordinator, ...others } = await inspected('{{.State.ExitCode}}');
      expect(coordinator).toBe('143');
      // With the run, or, where Compose was quicker, by its signal.
      for (const code of Object.values(others)) expect(['0', '143']).toContain(code);
    });

    it(`leaves no container of ${what} that runs on when the coordinator is killed`, async ({
      skip,
    }) => {
      const { runDir, dockerCompose, inspected } = await composedFrom(made, skip, goesOn);
      await dockerCompose('up', '--detach');
      await expect.poll(() => isLearning(runDir)).toBe(true);
      await dockerCompose('kill', 'coordinator');
      const running = async () => Object.values(await inspected('{{.State.Running}}'));
      await expect.poll(running).not.toContain('true');
      expect(await inspected('{{.State.ExitCode}}')).toEqual({
        coordinator: '137',
        ...everyEnd('1', [...agents]),
      });
    });
  }
});
