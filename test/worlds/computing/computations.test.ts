import { beforeEach, describe, expect, it } from 'vitest';
import { createKernelMemory } from '#src/kernels/memory.js';
import type { IntakeState } from '#src/rules/running/intake.js';
import { Computations } from '#src/worlds/computing/computations.js';
import type { Task, TaskResult } from '#src/worlds/computing/task.js';
import { type Facts, ValueStore } from '#src/worlds/computing/value-store.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';
import { contributionsOf } from '../../rules/arrivals.ts';
import { InProcessWorld } from '../in-process-world.ts';
import { tinyConfig } from '../tiny-config.ts';

let values: ValueStore;
let computations: Computations;
let tasks: { task: Task; done: (result: TaskResult) => void }[];
let facts: Map<number, Facts>;
let hasRoom: boolean;

beforeEach(() => {
  tasks = [];
  hasRoom = true;
  facts = new Map();
  values = new ValueStore(new VectorMemory(createKernelMemory(), 4));
  const pool = {
    get hasRoom() {
      return hasRoom;
    },
    run: (task: Task, done: (result: TaskResult) => void) => void tasks.push({ task, done }),
    nextCompletion: async () => {},
    close: async () => {},
  };
  const settings = {
    gradientFactor: 1,
    batchSize: 1,
    combine: 'sum',
    evaluationItems: 10,
    splitItems: { train: 10, validation: 10, test: 10 },
    spread: null,
    workerOptimiserLength: 0,
    optimiserStateLength: 4,
  } as const;
  computations = new Computations(values, pool, settings, (id, known) => facts.set(id, known));
});

type Aggregated = TaskResult & { kind: 'aggregate' };

const state: IntakeState = { attack: null, aggregator: 'remembered' };
const usual: Aggregated = {
  kind: 'aggregate',
  present: true,
  norm: 1,
  nonFinite: 0,
  honestCount: 2,
  byzantineCount: 0,
  exceeded: false,
  selected: null,
  selectedByzantine: null,
  clipped: null,
  iterations: null,
  policy: null,
  state,
};

function ready(): number {
  return values.add(new Float32Array(4));
}

function aggregate(inputs: number[], byzantine: boolean[], previous: number | null = null): number {
  const staleness = inputs.map(() => 0);
  const senders = [...inputs.keys()];
  const job = {
    kind: 'aggregate',
    server: 'a',
    layer: 'edge',
    aggregation: 0,
    contributions: contributionsOf({ vectors: inputs, byzantine, senders, staleness }),
    reference: null,
    previous,
  } as const;
  const id = values.describe(job);
  computations.queue(id);
  return id;
}

/** Has the task that came last done with this result; returns the task. */
function complete(result: Partial<Aggregated> = {}): Task {
  const { task, done } = tasks.pop()!;
  done({ ...usual, ...result });
  return task;
}

describe('an aggregation', () => {
  it('gets what the server remembers of its last one', () => {
    const first = aggregate([ready()], [false]);
    expect(complete()).toMatchObject({ kind: 'aggregate', state: null });
    aggregate([ready()], [false], first);
    expect(complete()).toMatchObject({ kind: 'aggregate', state });
  });

  it('leaves out results that are not there, with what is said of their senders', () => {
    const absent = aggregate([ready()], [false]);
    complete({ present: false, honestCount: 0 });
    const [one, two] = [ready(), ready()];
    const id = aggregate([absent, one, two], [false, true, false]);
    const task = complete({ selected: [1], selectedByzantine: 0 });
    expect(task).toMatchObject({
      contributions: [
        { vector: values.address(one), byzantine: true, sender: 1 },
        { vector: values.address(two), byzantine: false, sender: 2 },
      ],
    });
    // The rule's second input was the third to arrive.
    expect(facts.get(id)!.journal).toMatchObject({
      selected: [2],
      selectedByzantine: 0,
      skipped: false,
    });
  });
});

describe('an evaluation', () => {
  it('comes after what others wait for, but not after more than 256 of it', () => {
    hasRoom = false;
    computations.queue(values.describe({ kind: 'evaluate', theta: ready() }));
    for (let count = 0; count < 600; count += 1) aggregate([ready()], [false]);
    hasRoom = true;
    aggregate([ready()], [false]);
    const place = tasks.findIndex(({ task }) => task.kind === 'evaluate');
    expect([place, tasks.length]).toEqual([256, 602]);
  });
});

describe('an update', () => {
  function update(
    result: Partial<Aggregated>,
    { changed }: { changed: boolean },
  ): { task: Task; applied: unknown } {
    const made = aggregate([ready()], [false]);
    const id = values.describe({
      kind: 'update',
      theta: ready(),
      aggregate: made,
      optimiserState: null,
      learningRate: 0.1,
    });
    computations.queue(id);
    complete(result);
    const { task, done } = tasks.pop()!;
    done({ kind: 'update', norm: 1, changed });
    return { task, applied: facts.get(id)!.journal.applied };
  }

  it('takes a step for each result that went in', () => {
    const { task, applied } = update({ honestCount: 2, byzantineCount: 1 }, { changed: true });
    expect([task, applied]).toMatchObject([{ learningRate: 0.1, scale: 3 }, true]);
  });

  it('is not applied when nothing finite came in', () => {
    const { task, applied } = update({ present: false, honestCount: 0 }, { changed: false });
    expect([(task as Task & { kind: 'update' }).aggregate, applied]).toEqual([null, false]);
  });
});

describe('the change of a training', () => {
  /** Of a training that waits for room in the pool, from `before`. */
  function described(before: number): { training: number; change: number } {
    hasRoom = false;
    const how = { streamPrefix: '', poisoned: false, learningRate: 0.1 };
    const items = new Uint32Array(1);
    const theta = ready();
    const job = { kind: 'window', theta, optimiserState: null, items, ...how } as const;
    const training = values.describe(job);
    computations.queue(training);
    return { training, change: changeOf(training, before) };
  }

  function changeOf(training: number, before: number): number {
    const change = values.describe({ kind: 'add-scaled', a: before, b: training, scale: -1 });
    computations.queue(change);
    return change;
  }

  /** Has the pool take what is ready: its task for the training. */
  function start(): (typeof tasks)[number] {
    hasRoom = true;
    aggregate([ready()], [false]);
    return tasks.find(({ task }) => task.kind === 'window')!;
  }

  const trained = { kind: 'window', loss: 1, norm: 2 } as const;

  it('is made by the same task', () => {
    const before = ready();
    const { training, change } = described(before);
    const { task, done } = start();
    expect(task).toMatchObject({
      out: values.address(training),
      change: { a: values.address(before), scale: -1, out: values.address(change) },
    });
    const others = tasks.length;
    done({ ...trained, change: { kind: 'add-scaled', finite: false } });
    expect(tasks).toHaveLength(others);
    expect(facts.get(training)).toMatchObject({ journal: { thetaNorm: 2 } });
    expect(facts.get(change)).toMatchObject({ present: true, finite: false });
  });

  it('is all that is written where nothing else needs the trained parameters', () => {
    const before = ready();
    const { training, change } = described(before);
    values.release(training);
    const { task, done } = start();
    expect(task).toMatchObject({ out: null, change: { out: values.address(change) } });
    done({ ...trained, change: { kind: 'add-scaled', finite: true } });
    expect(facts.get(training)).toMatchObject({ journal: { thetaNorm: 2 } });
    expect([training, change].map((id) => values.has(id))).toEqual([false, true]);
  });

  it('is made by a task of its own where it waits for something else, or is wanted later', () => {
    const absent = aggregate([ready()], [false]);
    const { training, change } = described(absent);
    const { task, done } = start();
    expect(task).toMatchObject({ change: null });
    const later = changeOf(training, ready());
    done({ ...trained, change: null });
    const last = () => tasks.at(-1)!.task;
    const b = values.address(training);
    expect(last()).toMatchObject({ kind: 'add-scaled', b, out: values.address(later) });
    expect(values.address(change)).toBeNull();
    tasks[0]!.done(usual);
    expect(last()).toMatchObject({ kind: 'add-scaled', b, out: values.address(change) });
  });

  it('is absent without a task where what it is counted from is', () => {
    const absent = aggregate([ready()], [false]);
    complete({ present: false, honestCount: 0 });
    const { change } = described(absent);
    const { task, done } = start();
    expect(task).toMatchObject({ change: null });
    done({ ...trained, change: null });
    expect(facts.get(change)).toMatchObject({ present: false });
  });

  it('is let go once it is made, where nothing needs it any more', () => {
    const { training, change } = described(ready());
    const { done } = start();
    for (const id of [training, change]) values.release(id);
    done({ ...trained, change: { kind: 'add-scaled', finite: true } });
    expect([training, change].map((id) => values.has(id))).toEqual([false, false]);
  });
});

it('every aggregation of a world has random streams of its own', async () => {
  const world = await InProcessWorld.open(tinyConfig());
  const streams: string[] = [];
  const run = world.pool.run.bind(world.pool);
  world.pool.run = (task, done) => {
    if (task.kind === 'aggregate') streams.push(`aggregation/${task.server}/${task.aggregation}`);
    run(task, done);
  };
  await world.run();
  const ofLeft = streams.filter((name) => name.startsWith('aggregation/left/'));
  expect(ofLeft.length).toBeGreaterThan(10);
  expect(ofLeft).toEqual(ofLeft.map((_, index) => `aggregation/left/${index}`));
  expect(new Set(streams).size).toBe(streams.length);
});

it('every link of a world has its random stream, up and down, under the name of its lower end', async () => {
  const lossy = { loss: 0.2 };
  const edge = { collect: { count: 3 }, deadlineS: 4, link: lossy };
  const layers = { cloud: { deadlineS: 9 }, edge, worker: { gradientS: 0.7, link: lossy } };
  const world = await InProcessWorld.open(tinyConfig({ layers }));
  await world.run();
  const { streams } = (await world.save()).state;
  const ends = ['left', 'right', ...Array.from({ length: 6 }, (_, slot) => `worker-${slot + 1}`)];
  expect([...streams.keys()].sort()).toEqual(ends.map((end) => `link/${end}`));
});
