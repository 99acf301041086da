import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { HostLine, JournalLine } from '#src/journal/events.js';
import type { AgentEvent } from '#src/journal/host-events.js';
import { nobodyWorksIn, processesIn } from '../deploy/deployed-run.ts';
import { configFile } from '../run/children.ts';
import { freshPath } from '../run/run-folders.ts';
import { InProcessWorld } from '../worlds/in-process-world.ts';
import { JournalText } from '../worlds/journal-text.ts';
import { type TinyInput, tinyConfig } from '../worlds/tiny-config.ts';
import { edgemlsim, edgemlsimIn, type Outcome, start } from './program.ts';

/** How many rounds a run has: `long` is long enough for an agent to be killed in its middle. */
const rounds = { short: 80, long: 400 };
type Length = keyof typeof rounds;

const input = (length: Length): Partial<TinyInput> => ({
  training: { maximumRounds: rounds[length], learningRate: 0.001 },
});

/** The hashes of the runs with 0 agents and no threads. */
const expected = { short: '', long: '' };
beforeAll(async () => {
  for (const length of ['short', 'long'] as const) {
    const world = await InProcessWorld.open(tinyConfig(input(length)));
    await world.run();
    expected[length] = world.hash;
  }
});

type Arguments = (config: string, runDir: string) => string[];

/** A command and a folder of its own for it, so that its processes are known. */
function commandOf(length: Length, args: Arguments) {
  const folder = freshPath('pool');
  mkdirSync(folder);
  const runDir = join(folder, 'run');
  return { folder, runDir, args: args(configFile(input(length)), runDir) };
}

/** Starts the program in such a folder. */
function inFolder(length: Length, args: Arguments) {
  const command = commandOf(length, args);
  const child = start(command.args, command.folder);
  // Should the test fail: its processes end with it.
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, ...command };
}

const runWith = (agents: number, ...more: string[]): Arguments => {
  return (config, runDir) => [
    ...['run', config, `pool.agents=${agents}`, ...more],
    ...['--threads', '1', '--out', runDir, '--json'],
  ];
};

function journalOf(runDir: string): JournalLine[] {
  const file = join(runDir, 'journal.jsonl');
  if (!existsSync(file)) return [];
  return new JournalText(readFileSync(file, 'utf8')).lines;
}

function agentEvents<Type extends AgentEvent['type']>(runDir: string, type: Type) {
  const lines = journalOf(runDir).filter((line): line is HostLine => 'host' in line);
  return lines.filter((line): line is HostLine & { type: Type } => line.type === type);
}

async function underWay(runDir: string, agents: number): Promise<void> {
  const file = join(runDir, 'journal.jsonl');
  const isSo = () => {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const joined = text.split('"type":"agent-joined"').length - 1;
    return joined >= agents && text.includes('"type":"round-ended"');
  };
  while (!isSo()) await wait(20);
}

/** Process ids of the agents that compute, by their command lines. */
function computing(folder: string): number[] {
  return processesIn(folder).filter((id) =>
    readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('\0--pool\0'),
  );
}

function hashOf({ stdout }: Outcome): string {
  return (JSON.parse(stdout) as { journalHash: string }).journalHash;
}

describe('a virtual run with agents in processes of their own', () => {
  it('has the same journal with three', async () => {
    const { folder, runDir, args } = commandOf('short', runWith(3));
    const outcome = await edgemlsimIn(folder, ...args);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(hashOf(outcome)).toBe(expected.short);
    const left = agentEvents(runDir, 'agent-left');
    expect(left).toHaveLength(3);
    for (const { computed } of left) expect(computed).toBeGreaterThan(0);
    await nobodyWorksIn(folder);
  });

  // Over TCP one is killed in a run that is deployed, below.
  it('has the same journal when one of three is killed in the middle, over WebSocket', async () => {
    const { child, folder, runDir } = inFolder('long', runWith(3, 'pool.transport=websocket'));
    await underWay(runDir, 3);
    process.kill(computing(folder)[0]!, 'SIGKILL');
    const outcome = await child.outcome;
    expect(outcome.code).toBe(0);
    expect(hashOf(outcome)).toBe(expected.long);
    const lines = journalOf(runDir);
    const lost = lines.findIndex((line) => line.type === 'agent-lost');
    const roundsIn = (part: JournalLine[]) =>
      part.filter((line) => line.type === 'round-ended').length;
    expect(roundsIn(lines.slice(0, lost))).toBeGreaterThan(0);
    expect(roundsIn(lines.slice(lost))).toBeGreaterThan(0);
    const left = agentEvents(runDir, 'agent-left');
    expect(left).toHaveLength(2);
    for (const { computed } of left) expect(computed).toBeGreaterThan(0);
    await nobodyWorksIn(folder);
  });

  it('is paused, stopped, and continued by agents that are started again', async () => {
    const { child, folder, runDir } = inFolder('long', runWith(1));
    await underWay(runDir, 1);
    const pause = await edgemlsim('ctl', runDir, 'pause');
    expect(pause.code).toBe(0);
    const { length } = journalOf(runDir);
    await wait(200);
    expect(journalOf(runDir)).toHaveLength(length);
    child.kill('SIGTERM');
    expect((await child.outcome).code).toBe(143);
    await nobodyWorksIn(folder);
    const outcome = await edgemlsimIn(folder, 'resume', runDir, '--json');
    expect(hashOf(outcome)).toBe(expected.long);
    // Host events behind the checkpoint stay.
    expect(agentEvents(runDir, 'agent-joined')).toHaveLength(2);
    expect(agentEvents(runDir, 'agent-left')).toHaveLength(2);
    await nobodyWorksIn(folder);
  });

  it('leaves no process behind when the coordinator is killed, and can be continued', async () => {
    const { child, folder, runDir } = inFolder('long', runWith(2));
    await underWay(runDir, 2);
    child.kill('SIGKILL');
    await child.outcome;
    await nobodyWorksIn(folder);
    const outcome = await edgemlsimIn(folder, 'resume', runDir, '--json');
    expect(hashOf(outcome)).toBe(expected.long);
  });
});

describe('a virtual run that is deployed', () => {
  it('has the same journal with agents that an engine starts', async () => {
    const { folder, runDir, args } = commandOf('short', (config, out) => [
      ...['deploy', 'local', config, 'world=virtual', '--agents', '2', '--out', out, '--json'],
    ]);
    const outcome = await edgemlsimIn(folder, ...args);
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toMatch(/^(local-\d \(cores: \d+\): computes\n){2}$/);
    expect(hashOf(outcome)).toBe(expected.short);
    expect(agentEvents(runDir, 'agent-left')).toHaveLength(2);
    expect(existsSync(join(runDir, 'deployment'))).toBe(false);
    await nobodyWorksIn(folder);
  });

  it('uses agents that come late, and one whose process was killed again', async () => {
    const { child, folder, runDir } = inFolder('long', (config, out) => [
      ...['deploy', 'manual', config, 'world=virtual', '--agents', '1', '--out', out, '--json'],
    ]);
    let said = '';
    child.stderr!.on('data', (text) => {
      said += text;
    });
    const isThere = async (name: string, times: number) => {
      while (said.split(`${name} (cores: 1): computes\n`).length <= times) await wait(10);
    };
    const meeting = join(runDir, 'deployment');
    const agent = () =>
      start(
        [
          ...['agent', '--rendezvous', join(meeting, 'rendezvous.json'), '--name', 'lab'],
          ...['--token-file', join(meeting, 'token'), '--cores', '1'],
        ],
        folder,
      );
    const first = agent();
    await underWay(runDir, 1);
    process.kill(computing(folder)[0]!, 'SIGKILL');
    await edgemlsim('ctl', runDir, 'pause');
    const second = agent();
    await Promise.all([isThere('lab', 2), isThere('lab-2', 1)]);
    await edgemlsim('ctl', runDir, 'continue');
    const outcome = await child.outcome;
    expect(hashOf(outcome)).toBe(expected.long);
    const [lost] = agentEvents(runDir, 'agent-lost');
    expect(lost).toMatchObject({ name: 'lab' });
    expect(lost!.computed).toBeGreaterThan(0);
    const left = agentEvents(runDir, 'agent-left');
    expect(left.map(({ name }) => name).sort()).toEqual(['lab', 'lab-2']);
    for (const { computed } of left) expect(computed).toBeGreaterThan(0);
    expect((await first.outcome).code).toBe(0);
    expect((await second.outcome).code).toBe(0);
    await nobodyWorksIn(folder);
  });

  it('is not put into containers', async () => {
    const config = configFile(input('short'));
    const { code, stderr } = await edgemlsim('deploy', 'compose', config, 'world=virtual');
    expect(code).toBe(3);
    expect(stderr).toContain('world: virtual, which has no processes to put into containers');
  });
});
