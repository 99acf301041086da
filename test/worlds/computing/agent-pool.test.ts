import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AgentEvent } from '#src/journal/host-events.js';
import { createKernelMemory } from '#src/kernels/memory.js';
import type { Connection } from '#src/transport/connection.js';
import type { Frame, Header } from '#src/transport/frame.js';
import { limitsFor } from '#src/transport/limits.js';
import { AgentPool } from '#src/worlds/computing/agent-pool.js';
import type { Task, TaskResult } from '#src/worlds/computing/task.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';
import { memoryTransport } from '../../transport/memory-transport.ts';

const DIMENSION = 4;
const shape = { dimension: 4, trainItems: 10, evaluationItems: 6, classes: 2, outputs: 2 };
const here = { host: 'here', secret: null, tls: null, limits: limitsFor(2 ** 20) };

let vectors: VectorMemory;
/** Tasks given to the threads of this process. */
let local: { task: Task; done: (result: TaskResult) => void }[];
let events: AgentEvent[];
let pool: AgentPool;
let transport: ReturnType<typeof memoryTransport>;

/** One local thread, which computes nothing by itself. */
function openPool(): AgentPool {
  return new AgentPool({
    local: {
      hasRoom: true,
      run: (task, done) => void local.push({ task, done }),
      nextCompletion: () => new Promise(() => {}),
      close: async () => {},
    },
    localThreads: 1,
    vectors,
    shape,
    onEvent: (event) => events.push(event),
  });
}

beforeEach(() => {
  vectors = new VectorMemory(createKernelMemory(), DIMENSION);
  local = [];
  events = [];
  transport = memoryTransport();
  pool = openPool();
  onTestFinished(() => pool.close());
});

/** Lets everything that is under way arrive. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) await turn();
}

/** Both ends of a connection. */
async function pair(): Promise<{ ours: Connection; theirs: Connection }> {
  let ours: Connection | null = null;
  const { address } = await transport.listen({ ...here, port: 0 }, (connection) => {
    ours = connection;
  });
  const theirs = await transport.connect({ ...here, port: address.port });
  while (ours === null) await turn();
  return { ours, theirs };
}

let agents = 0;

/** An agent that the test plays: what it was sent, and what it sends. */
async function agent(threads = 1) {
  const [control, work] = [await pair(), await pair()];
  agents += 1;
  const received: Frame[] = [];
  work.theirs.onFrame = (frame) => void received.push(frame);
  pool.join({
    ...{ agent: agents, name: `agent-${agents}`, threads },
    ...{ control: control.ours, work: work.ours },
  });
  const ofType = (type: string) => received.filter(({ header }) => header.type === type);
  const send = (header: Header, body: Frame['body'] = null) =>
    void work.theirs.send({ header, body });
  return {
    ...{ number: agents, control: control.theirs, work: work.theirs, ofType, send },
    /** Ids of the gradients that it was given. */
    ids: () => ofType('gradient').map(({ header }) => header.id as number),
    /** A good answer. */
    finish: (id: number, vector = [1, 2, 3, 4]) =>
      send({ type: 'gradient', id, loss: 0.5, finite: true }, Float32Array.from(vector)),
  };
}

function gradientOn(thetaId: number): Task & { kind: 'gradient' } {
  const theta = vectors.allocate();
  vectors.at(theta).fill(thetaId);
  return {
    ...{ kind: 'gradient', theta, thetaId, items: Uint32Array.of(3, 1), poisoned: false },
    ...{ streamPrefix: 'gradient/1', factor: 0.5, steps: 1, learningRate: 0 },
    out: vectors.allocate(),
  };
}

/** Runs a number of gradients on the same parameters; how often each was done, in order. */
function runGradients(count: number, thetaId = 7): { done: number[]; tasks: Task[] } {
  const done: number[] = Array(count).fill(0);
  const tasks = done.map((_, index) => {
    const task = gradientOn(thetaId);
    pool.run(task, () => {
      done[index]! += 1;
    });
    return task;
  });
  return { done, tasks };
}

const result: TaskResult = { kind: 'gradient', loss: 0.25, finite: true };

const gradientResult = (id: number) => ({ type: 'gradient', id, loss: 1, finite: true });

describe('a pool with agents', () => {
  it('sends an agent parameters once, and puts what comes back in its place', async () => {
    const played = await agent(2);
    const { done, tasks } = runGradients(4);
    await settle();
    // This process and the agent's two threads have about the same.
    expect(local).toHaveLength(2);
    expect(played.ofType('theta').map(({ body }) => [...body!])).toEqual([[7, 7, 7, 7]]);
    expect(played.ofType('gradient').map(({ body }) => [...body!])).toEqual([
      [3, 0, 0, 0, 1, 0, 0, 0],
      [3, 0, 0, 0, 1, 0, 0, 0],
    ]);
    const completion = pool.nextCompletion();
    played.finish(played.ids()[0]!, [9, Number.NaN, -0, 1e-42]);
    await completion;
    const given = done.indexOf(1);
    const { out } = tasks[given] as Task & { kind: 'gradient' };
    expect([...vectors.at(out)]).toEqual([...Float32Array.of(9, Number.NaN, -0, 1e-42)]);
  });

  it('gives an agent three tasks a thread at once, and what cannot travel to none', async () => {
    const played = await agent();
    runGradients(20);
    await settle();
    expect(played.ids()).toHaveLength(3);
    played.finish(played.ids()[0]!);
    await settle();
    expect(pool.hasRoom).toBe(true);
    const before = local.length;
    pool.run({ kind: 'worker-momentum', gradient: 0, previous: null, out: 0 }, () => {});
    pool.run({ ...gradientOn(7), items: new Uint32Array(300_000) }, () => {});
    expect(local).toHaveLength(before + 2);
  });

  it('measures with counts that came as bytes', async () => {
    const played = await agent();
    runGradients(1);
    const results: TaskResult[] = [];
    const theta = vectors.allocate();
    const items = { from: 2, to: 70_006 };
    pool.run({ kind: 'evaluate', theta, thetaId: 1, ...items }, (each) => results.push(each));
    await settle();
    const [{ header }] = played.ofType('evaluate') as [Frame];
    expect(header).toMatchObject(items);
    const { id } = header as { id: number };
    const confusion = Uint32Array.of(1, 0, 70_000, 3);
    played.send(
      { type: 'evaluate', id, lossSum: 0.1 + 0.2, trigger: { tried: 4, fooled: 1 } },
      new Uint8Array(confusion.buffer),
    );
    await settle();
    const trigger = { tried: 4, fooled: 1 };
    expect(results).toEqual([{ kind: 'evaluate', lossSum: 0.1 + 0.2, confusion, trigger }]);
  });

  it.each([
    ['of more items than it was given', [1, 0, 3, 1], null, /an evaluation of 5 items of 4/],
    ['of fewer', [1, 0, 2, 0], null, /an evaluation of 3 items of 4/],
    ['of a trigger that more fell for than met it', [1, 0, 2, 1], [2, 3], /trigger .* 2 times/],
    ['of a trigger on more items than it was given', [1, 0, 2, 1], [5, 3], /trigger .* 5 times/],
  ])('lets an agent go that sends counts %s', async (_, counts, worn, why) => {
    const played = await agent();
    runGradients(1);
    const theta = vectors.allocate();
    const done = vi.fn();
    pool.run({ kind: 'evaluate', theta, thetaId: 1, from: 2, to: 6 }, done);
    await settle();
    const { id } = played.ofType('evaluate')[0]!.header as { id: number };
    const trigger = worn && { tried: worn[0]!, fooled: worn[1]! };
    const body = new Uint8Array(Uint32Array.from(counts).buffer);
    played.send({ type: 'evaluate', id, lossSum: 1, trigger }, body);
    await settle();
    expect(events.at(-1)).toMatchObject({ type: 'agent-lost', computed: 0, givenBack: 1 });
    expect((events.at(-1) as { reason: string }).reason).toMatch(why);
    expect(done).not.toHaveBeenCalled();
  });

  it('lets an agent go that speaks on and finishes none of its tasks', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    await pool.close();
    pool = openPool();
    const [slow, idle] = [await agent(), await agent()];
    const pass = async (seconds: number) => {
      for (let passed = 0; passed < seconds; passed += 5) {
        vi.advanceTimersByTime(5000);
        for (const { control } of [slow, idle]) {
          control.send({ header: { type: 'ping' }, body: null });
        }
        await settle();
      }
    };
    runGradients(2);
    await settle();
    await pass(590);
    expect(slow.ids()).toHaveLength(1);
    expect(events).toHaveLength(2);
    await pass(20);
    expect(events.slice(2)).toMatchObject([{ type: 'agent-lost', agent: slow.number }]);
    expect((events.at(-1) as { reason: string }).reason).toMatch(/none of its tasks for 600 s/);
    // It has its task now.
    expect(idle.ids()).toHaveLength(1);
  });

  it('has the tasks of a lost agent done by others, each once', async () => {
    const first = await agent();
    const { done } = runGradients(8);
    await settle();
    const [id] = first.ids();
    first.finish(id!);
    await settle();
    const second = await agent();
    first.control.destroy();
    await settle();
    expect(events.at(-1)).toMatchObject({ type: 'agent-lost', computed: 1, givenBack: 2 });
    expect(second.ids()).toHaveLength(2);
    for (const other of second.ids()) second.finish(other);
    for (const { done: finish } of local.splice(0)) finish(result);
    await settle();
    expect(done).toEqual(Array(8).fill(1));
  });

  it.each([
    ['of a task that it was not given', gradientResult(99), 4, /a task that it was not given/],
    ['that is too short', gradientResult(0), 3, /a gradient of 3 numbers/],
    ['that is too long', gradientResult(0), 5, /a gradient of 5 numbers/],
    ['without a vector', gradientResult(0), null, /a gradient of 0 numbers/],
    ['without a loss', { type: 'gradient', id: 0, finite: true }, 4, /loss: Invalid input/],
    [
      'of another kind',
      { type: 'evaluate', id: 0, lossSum: 1, trigger: null },
      null,
      /another kind than its task's/,
    ],
    ['that is none', { type: 'theta', slot: 0 }, 4, /Invalid discriminator/],
  ] as const)('lets an agent go that sends a result %s', async (_, header, length, why) => {
    const played = await agent();
    const { done } = runGradients(4);
    await settle();
    expect(played.ids()).toEqual([0, 1]);
    played.send(header, length === null ? null : new Float32Array(length));
    await settle();
    expect(events.at(-1)).toMatchObject({ type: 'agent-lost', computed: 0, givenBack: 2 });
    expect((events.at(-1) as { reason: string }).reason).toMatch(why);
    expect(local).toHaveLength(4);
    for (const { done: finish } of local) finish(result);
    expect(done).toEqual([1, 1, 1, 1]);
  });

  it('lets an agent go that sends a result twice, and takes the first', async () => {
    const played = await agent();
    const { done } = runGradients(2);
    await settle();
    played.finish(played.ids()[0]!);
    played.finish(played.ids()[0]!);
    await settle();
    expect(events.at(-1)).toMatchObject({ type: 'agent-lost', computed: 1, givenBack: 0 });
    expect(done).toEqual([0, 1]);
  });

  it('lets an agent go that says nothing for ten seconds, and keeps one that does', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    await pool.close();
    pool = openPool();
    const [silent, talking] = [await agent(), await agent()];
    runGradients(6);
    for (let seconds = 0; seconds < 9; seconds += 1) {
      vi.advanceTimersByTime(1000);
      talking.control.send({ header: { type: 'ping' }, body: null });
      await settle();
    }
    expect(events.map(({ type }) => type)).toEqual(['agent-joined', 'agent-joined']);
    vi.advanceTimersByTime(2000);
    expect(silent.ids()).toHaveLength(2);
    expect(events.slice(2)).toMatchObject([{ type: 'agent-lost', givenBack: 2 }]);
    expect(talking.ids().length).toBeGreaterThan(0);
  });

  it('uses an agent that comes late', async () => {
    runGradients(5);
    expect(local).toHaveLength(5);
    const late = await agent();
    runGradients(1);
    await settle();
    expect(late.ids()).toHaveLength(1);
  });

  it('fails with what a result makes its reader throw', async () => {
    const played = await agent();
    runGradients(1);
    pool.run(gradientOn(7), () => {
      throw new Error('of its reader');
    });
    await settle();
    const completion = pool.nextCompletion();
    played.finish(played.ids()[0]!);
    await expect(completion).rejects.toThrow('of its reader');
    expect(events.at(-1)?.type).toBe('agent-joined');
  });
});
