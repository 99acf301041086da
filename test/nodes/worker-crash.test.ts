import { beforeEach, expect, it } from 'vitest';
import { asynchronous, partiallyAsynchronous, synchronous } from '#src/nodes/round-mode.js';
import type { WorkerSettings } from '#src/nodes/settings.js';
import { Worker } from '#src/nodes/worker.js';
import { newWorker, type WorkerState } from '#src/nodes/worker-state.js';
import { FakeContext } from './fake-context.ts';

let context: FakeContext;
let state: WorkerState;
let theta: number;

beforeEach(() => {
  context = new FakeContext();
  state = newWorker('w');
  theta = context.value();
});

/** A worker that keeps gradient 0 of server a, and computes gradient 1 of server b. */
function busy(mode = asynchronous): Worker {
  const settings: WorkerSettings = {
    localSteps: 1,
    gradient: 1,
    gradientByKind: {},
    maxPerWorker: new Map(),
    departure: 'wait',
  };
  const worker = new Worker(state, settings, mode, context);
  worker.associate('a', 'left-range');
  hear(worker, 'a');
  worker.associate('b', 'handover');
  worker.wake(context.takeTimers().at(-1)!.timer);
  hear(worker, 'b');
  return worker;
}

function hear(worker: Worker, server: string, round = 1): void {
  worker.receive(server, { type: 'theta', round, version: round - 1, value: theta });
}

const ends = () =>
  context.journal.flatMap((event) =>
    event.type === 'gradient-ended' ? [[event.gradient, event.reason]] : [],
  );
const starts = () =>
  context.journal.flatMap((event) =>
    event.type === 'gradient-started' ? [[event.gradient, event.server]] : [],
  );
const sent = () =>
  context
    .takeSent()
    .map(({ to, message }) => [to, message.type === 'gradient' && message.gradient]);

it('loses all that it has with its state, and owns nothing any more', () => {
  const worker = busy();
  worker.crash('lost');
  expect(ends()).toEqual([
    [0, 'crashed'],
    [1, 'crashed'],
  ]);
  expect(context.alive).toEqual({ [theta]: 1 });
  worker.recover();
  // It waits for a model, as one that comes does.
  expect(starts()).toHaveLength(2);
  hear(worker, 'b');
  expect(starts().at(-1)).toEqual([2, 'b']);
});

it('keeps its model and what is unsent with its state, but not what it computed', () => {
  const worker = busy();
  worker.crash('kept');
  expect(ends()).toEqual([[1, 'crashed']]);
  worker.recover();
  expect(starts().at(-1)).toEqual([2, 'b']);
  worker.associate('a', 'handover');
  expect(sent()).toEqual([['a', 0]]);
});

it('goes from server to server while it is down, and sends what it kept when it is up again', () => {
  const worker = busy();
  worker.crash('kept');
  worker.associate('a', 'handover');
  expect(sent()).toEqual([]);
  worker.recover();
  expect(sent()).toEqual([['a', 0]]);
  // Its model was of server b.
  expect(starts()).toHaveLength(2);
});

it('does not hold the cloud back when it crashes', () => {
  const worker = busy(partiallyAsynchronous(1, true));
  expect(context.work.at(-1)).toEqual(['w', 0]);
  worker.crash('kept');
  expect(context.work.at(-1)).toEqual(['w', null]);
});

it('stays down when it leaves the map, with nothing left', () => {
  const worker = busy();
  worker.crash('kept');
  worker.associate(null, 'left-map');
  worker.leaveMap();
  worker.recover();
  expect(ends()).toEqual([
    [1, 'crashed'],
    [0, 'left-map'],
  ]);
  expect(context.alive).toEqual({ [theta]: 1 });
});

it('takes part in a round of which it has lost the model, when its server sends it again', () => {
  const worker = busy(synchronous);
  worker.crash('lost');
  worker.recover();
  hear(worker, 'b', 1);
  expect(starts().at(-1)).toEqual([2, 'b']);
});
