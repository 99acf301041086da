import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, onTestFinished } from 'vitest';
import { type RunRecord, readRunRecord } from '#src/report/run/run-record.js';
import { edgemlsim, type Outcome, start } from '../cli/program.ts';
import { testNeeding } from '../needs.ts';
import { sshdRig } from '../rigs/needs.ts';
import { deploymentFolder, nobodyWorksIn } from './deployed-run.ts';
import { TwoMachines } from './two-machines.ts';

const onNetworks = testNeeding(sshdRig);

describe('a network that is cut', () => {
  const machines = new TwoMachines(`emc${process.pid % 10_000_000}`);

  afterAll(() => machines.down());

  /** A run on both machines that goes on for as long as the test needs it, and is under way. */
  async function deployed(patienceS: number, ...overrides: string[]) {
    const host = machines.address;
    const { folder, config, runDir } = deploymentFolder();
    const token = join(folder, 'token');
    expect(await edgemlsim('deploy', 'token', token)).toMatchObject({ code: 0 });
    const where = ['--token-file', token, '--insecure'];
    const changes = [
      // The trace is short: played ten times without a result it would end the run.
      ...['training.epochs=1000', 'live.speed=10', `live.patienceS=${patienceS}`],
      ...overrides,
    ];
    const listening = ['--agents', '2', '--listen', `${host}:7000`, '--out', runDir];
    const coordinator = start(
      ['deploy', 'manual', config, ...changes, ...listening, ...where],
      folder,
    );
    onTestFinished(() => void coordinator.kill('SIGKILL'));
    const agents = ([1, 2] as const).map((machine) => {
      const joining = ['--join', `${host}:7000`, '--name', `lab${machine}`, ...where];
      return machines.start(machine, folder, 'agent', ...joining, '--patience', String(patienceS));
    });
    const record = (): Promise<RunRecord> => readRunRecord(join(runDir, 'journal.jsonl'));
    const rounds = async (): Promise<number> => (await record().catch(() => null))?.rounds ?? 0;
    const goesOn = async () => {
      const before = await rounds();
      await expect.poll(rounds).toBeGreaterThan(before + 2);
    };
    await goesOn();
    return { folder, runDir, coordinator, agents, record, goesOn };
  }

  async function stop(run: Awaited<ReturnType<typeof deployed>>): Promise<RunRecord> {
    expect(await edgemlsim('ctl', run.runDir, 'stop')).toMatchObject({ code: 0 });
    expect((await run.coordinator.outcome).code).toBe(0);
    await Promise.all(run.agents);
    await nobodyWorksIn(run.folder);
    const record = await run.record();
    expect(record.violations).toEqual([]);
    expect(record.ended).toBe('stopped');
    return record;
  }

  onNetworks('for 10 s is waited for, and nothing is lost', async () => {
    const run = await deployed(30);
    machines.setLink(1, 'down');
    onTestFinished(() => machines.setLink(1, 'up'));
    await wait(10_000);
    machines.setLink(1, 'up');
    await run.goesOn();
    const { failures } = await stop(run);
    expect(failures.crashes).toBe(0);
    expect(lostProcesses(run.runDir)).toEqual([]);
  });

  onNetworks('for ever has the other machine take over', async () => {
    const run = await deployed(3, 'live.placement.cloud=[lab2]', 'live.placement.workers=[lab2]');
    machines.setLink(1, 'down');
    onTestFinished(() => machines.setLink(1, 'up'));
    await expect.poll(() => lostProcesses(run.runDir).length).toBeGreaterThan(0);
    await run.goesOn();
    // The agent behind the cut, and its processes, end by themselves.
    await run.agents[0];
    const { failures } = await stop(run);
    expect(failures.crashes).toBeGreaterThan(0);
  });

  onNetworks('for ever ends the run where no other machine may take over', async () => {
    const run = await deployed(3, 'live.placement.servers=[lab1]', 'live.returnS=6');
    machines.setLink(1, 'down');
    onTestFinished(() => machines.setLink(1, 'up'));
    const { code, stderr }: Outcome = await run.coordinator.outcome;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /the run failed: the process of left.*was gone, and no round ended for 6 s/,
    );
    await Promise.all(run.agents);
    await nobodyWorksIn(run.folder);
    const { status } = JSON.parse(readFileSync(join(run.runDir, 'status.json'), 'utf8'));
    expect(status).toBe('failed');
    const { violations, ended } = await run.record();
    expect(violations).toEqual([]);
    expect(ended).toBe('lost');
  });
});

/** The slots of the lost processes, in order. */
function lostProcesses(runDir: string): number[] {
  const lines = readFileSync(join(runDir, 'journal.jsonl'), 'utf8').trim().split('\n');
  return lines
    .filter((line) => line.includes('"type":"process-lost"'))
    .map((line) => (JSON.parse(line) as { slot: number }).slot);
}
