import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { edgemlsim, start } from '../cli/program.ts';
import { testNeeding } from '../needs.ts';
import { sshdRig } from '../rigs/needs.ts';
import { deploymentFolder, everythingIn, expectGoodEnd } from './deployed-run.ts';
import { TwoMachines } from './two-machines.ts';

const PORT = 7000;

const onNetworks = testNeeding(sshdRig);

describe('agents started by hand on two machines', () => {
  const machines = new TwoMachines(`emh${process.pid % 10_000_000}`);

  afterAll(() => machines.down());

  /** A config, a secret and certificates for this machine's address among the others. */
  async function prepared() {
    const host = machines.address;
    const { folder, config, runDir } = deploymentFolder();
    const [token, tls] = [join(folder, 'token'), join(folder, 'certificates')];
    expect(await edgemlsim('deploy', 'token', token)).toMatchObject({ code: 0 });
    expect(await edgemlsim('deploy', 'certificates', tls, host)).toMatchObject({ code: 0 });
    const simulate = (agents: number, ...more: string[]) => {
      const child = start(
        [
          ...['deploy', 'manual', config, ...more, '--agents', String(agents), '--json'],
          ...['--listen', `${host}:${PORT}`, '--token-file', token, '--out', runDir],
        ],
        folder,
      );
      onTestFinished(() => void child.kill('SIGKILL'));
      return child;
    };
    const joining = ['agent', '--join', `${host}:${PORT}`];
    return { folder, runDir, host, token, tls, simulate, joining };
  }

  onNetworks('refuse an unknown peer, and go on', async () => {
    const { folder, runDir, host, token, tls, simulate, joining } = await prepared();
    const [otherToken, otherTls] = [join(folder, 'other-token'), join(folder, 'other')];
    await edgemlsim('deploy', 'token', otherToken);
    await edgemlsim('deploy', 'certificates', otherTls, host);
    const mixedTls = join(folder, 'mixed');
    mkdirSync(mixedTls);
    execFileSync('cp', [
      join(tls, 'ca.pem'),
      join(otherTls, 'cert.pem'),
      join(otherTls, 'key.pem'),
      mixedTls,
    ]);
    const coordinator = simulate(2, '--tls', tls);
    await listens(host);
    // Somebody who opens connections and says nothing.
    for (let count = 0; count < 600; count += 1) {
      const socket = connect(PORT, host).on('error', () => {});
      onTestFinished(() => void socket.destroy());
    }
    const attempts: [string[], number, RegExp][] = [
      [['--token-file', otherToken, '--tls', tls], 1, /the secret is another one/],
      [['--token-file', token, '--tls', otherTls], 1, /cannot be trusted/],
      [
        ['--token-file', token, '--tls', mixedTls],
        1,
        /closed the connection .*not trust this side's certificate/,
      ],
      [
        ['--token-file', token, '--insecure'],
        1,
        /closed the connection .*it may want TLS \(--tls\)/,
      ],
      [['--tls', tls], 3, /there is no secret\n.*--token-file/],
      [['--token-file', token], 3, /traffic would not be encrypted\n.*--tls.*--insecure/],
    ];
    for (const [how, code, message] of attempts) {
      const outcome = await machines.start(1, folder, ...joining, ...how, '--wait', '5');
      expect(outcome).toMatchObject({ code, stderr: expect.stringMatching(message) });
    }
    expect(existsSync(join(runDir, 'journal.jsonl'))).toBe(true);
    const known = ['--token-file', token, '--tls', tls];
    const agents = [1, 2].map((machine) =>
      machines.start(machine as 1 | 2, folder, ...joining, ...known, '--name', `lab${machine}`),
    );
    const { code, stderr } = await coordinator.outcome;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(/^lab1 /m);
    expect(stderr).toMatch(/^lab2 /m);
    for (const agent of agents) expect(await agent).toEqual({ code: 0, stdout: '', stderr: '' });
    await expectGoodEnd(folder, runDir);
  });

  onNetworks('work over WebSocket, and one more does no harm', async () => {
    const { folder, runDir, token, tls, simulate, joining } = await prepared();
    const coordinator = simulate(2, 'live.transport=websocket', 'training.epochs=3', '--tls', tls);
    const isShared = new Promise<void>((resolve) => {
      coordinator.stderr!.on('data', (said) => String(said).includes('cores: ') && resolve());
    });
    const known = ['--token-file', token, '--tls', tls, '--transport', 'websocket'];
    // They come before it listens.
    const agents = [1, 2].map((machine) =>
      machines.start(machine as 1 | 2, folder, ...joining, ...known),
    );
    await isShared;
    agents.push(machines.start(1, folder, ...joining, ...known));
    expect(await coordinator.outcome).toMatchObject({ code: 0 });
    for (const agent of agents) expect(await agent).toEqual({ code: 0, stdout: '', stderr: '' });
    await expectGoodEnd(folder, runDir);
    const secret = readFileSync(token, 'utf8').trim();
    expect(everythingIn(runDir)).not.toContain(secret);
  });

  onNetworks('go without TLS where both are set to, and both warn', async () => {
    const { folder, runDir, host, token, simulate, joining } = await prepared();
    const coordinator = simulate(1, '--insecure');
    const agent = machines.start(1, folder, ...joining, '--token-file', token, '--insecure');
    const warning = new RegExp(
      `^INSECURE: what is sent to or from ${host}:${PORT} is not encrypted`,
    );
    expect(await coordinator.outcome).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(warning),
    });
    expect(await agent).toMatchObject({ code: 0, stderr: expect.stringMatching(warning) });
    await expectGoodEnd(folder, runDir);
  });
});

describe('an agent', () => {
  it('ends when no coordinator appears in the time it may wait', async () => {
    const { code, stderr } = await edgemlsim('agent', '--join', '127.0.0.1:9', '--wait', '1');
    expect(code).toBe(1);
    expect(stderr).toMatch(/no coordinator was found in 1 s: 127\.0\.0\.1:9 cannot be reached/);
  });

  it('learns that a secret is needed, on loopback too', async () => {
    const { config, runDir, folder } = deploymentFolder();
    const coordinator = start(
      ['deploy', 'manual', config, '--agents', '1', '--out', runDir, '--listen', '127.0.0.1'],
      folder,
    );
    onTestFinished(() => void coordinator.kill('SIGKILL'));
    const rendezvous = join(runDir, 'deployment', 'rendezvous.json');
    await expect.poll(() => existsSync(rendezvous)).toBe(true);
    const { code, stderr } = await edgemlsim('agent', '--rendezvous', rendezvous);
    expect(code).toBe(1);
    expect(stderr).toMatch(/refused the connection: a secret is needed here/);
  });
});

describe('a coordinator that waits for agents', () => {
  it('gives up when they have had the time that it was given', async () => {
    const { config, runDir } = deploymentFolder();
    const { code, stderr } = await edgemlsim(...manual(config, runDir), '--wait', '1');
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'the run failed: 0 of 1 agents came in 1 s\n',
    });
  });

  it('ends when it is asked to stop', async () => {
    const { config, runDir, folder } = deploymentFolder();
    const coordinator = start(manual(config, runDir), folder);
    onTestFinished(() => void coordinator.kill('SIGKILL'));
    const rendezvous = join(runDir, 'deployment', 'rendezvous.json');
    await expect.poll(() => existsSync(rendezvous)).toBe(true);
    coordinator.kill('SIGINT');
    const { code, stderr } = await coordinator.outcome;
    expect(code).toBe(1);
    expect(stderr).toContain('the run failed: it was stopped before all agents had come');
    expect(existsSync(rendezvous)).toBe(false);
  });
});

function manual(config: string, runDir: string): string[] {
  return [
    ...['deploy', 'manual', config, '--agents', '1', '--out', runDir],
    ...['--listen', '127.0.0.1'],
  ];
}

/** Resolves when somebody listens there. */
async function listens(host: string): Promise<void> {
  const isThere = () =>
    new Promise<boolean>((answer) => {
      const socket = connect(PORT, host);
      socket.on('connect', () => answer(true)).on('error', () => answer(false));
      socket.on('connect', () => socket.destroy());
    });
  await expect.poll(isThere).toBe(true);
}
