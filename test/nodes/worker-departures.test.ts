import { beforeEach, describe, expect, it } from 'vitest';
import { asynchronous, type RoundMode, synchronous } from '#src/nodes/round-mode.js';
import type { WorkerSettings } from '#src/nodes/settings.js';
import { Worker } from '#src/nodes/worker.js';
import { newWorker, type WorkerState } from '#src/nodes/worker-state.js';
import { FakeContext, roundOf } from './fake-context.ts';

let context: FakeContext;
let state: WorkerState;
let theta: number;

beforeEach(() => {
  context = new FakeContext();
  state = newWorker('w');
  theta = context.value();
});

/** A worker that has begun gradient 0 of round 1 at server a. */
function computing(
  departure: WorkerSettings['departure'],
  mode: RoundMode,
  maxPerWorker: [string, number][] = [],
): Worker {
  const settings = {
    localSteps: 1,
    gradient: 1,
    gradientByKind: {},
    maxPerWorker: new Map(maxPerWorker),
    departure,
  };
  const worker = new Worker(state, settings, mode, context);
  worker.associate('a', 'left-range');
  hear(worker, 'a', 1);
  return worker;
}

/** Its server sends a model. */
function hear(worker: Worker, server: string, round: number, version = round - 1): void {
  worker.receive(server, { type: 'theta', round, version, value: theta });
}

function finishGradient(worker: Worker): void {
  worker.wake(context.takeTimers().at(-1)!.timer);
}

/** Takes out what it has sent: to whom, which gradient, of which round. */
function takeSent(): unknown[] {
  return context
    .takeSent()
    .map(({ to, message }) => [
      to,
      message.type === 'gradient' && message.gradient,
      roundOf(message),
    ]);
}

function ends(): unknown[] {
  return context.journal.flatMap((event) =>
    event.type === 'gradient-ended' ? [[event.gradient, event.reason]] : [],
  );
}

function begun(): unknown[] {
  return context.journal.flatMap((event) =>
    event.type === 'gradient-started' ? [[event.gradient, event.server, event.round]] : [],
  );
}

describe.each([
  ['synchronous', synchronous],
  ['asynchronous', asynchronous],
] as const)('a worker that leaves its server in %s rounds', (_, mode) => {
  it('carries its gradient to the next server and goes on there', () => {
    const worker = computing('carry', mode);
    worker.associate(null, 'left-range');
    finishGradient(worker);
    expect(takeSent()).toEqual([]);
    expect(begun()).toHaveLength(1);
    worker.associate('b', 'left-range');
    expect(takeSent()).toEqual([['b', 0, 1]]);
    hear(worker, 'b', 1);
    expect(begun().at(-1)).toEqual([1, 'b', 1]);
    expect(ends()).toEqual([]);
  });

  it('carries a gradient that is not finished yet, and begins no other meanwhile', () => {
    const worker = computing('carry', mode);
    worker.associate('b', 'handover');
    hear(worker, 'b', 1);
    expect(begun()).toHaveLength(1);
    finishGradient(worker);
    expect(takeSent()).toEqual([['b', 0, 1]]);
    expect(begun().at(-1)).toEqual([1, 'b', 1]);
  });

  it('keeps its gradient for the same server, while it works for others', () => {
    const worker = computing('wait', mode);
    worker.associate('b', 'handover');
    finishGradient(worker);
    hear(worker, 'b', 1);
    expect(takeSent()).toEqual([]);
    finishGradient(worker);
    expect(takeSent()).toEqual([['b', 1, 1]]);
    worker.associate('a', 'handover');
    expect(takeSent()).toEqual([['a', 0, 1]]);
    // The gradient that it had begun at b meanwhile waits for b.
    finishGradient(worker);
    expect(takeSent()).toEqual([]);
    worker.associate('b', 'handover');
    expect(takeSent()).toEqual([['b', 2, 1]]);
  });

  it('takes up a gradient again that it computes when it comes back', () => {
    const worker = computing('wait', mode);
    worker.associate(null, 'left-range');
    worker.associate('a', 'left-range');
    hear(worker, 'a', 1);
    finishGradient(worker);
    expect(takeSent()).toEqual([['a', 0, 1]]);
  });

  it.each(['carry', 'wait'] as const)(
    'has nothing left when it leaves the map (%s)',
    (departure) => {
      const worker = computing(departure, mode);
      worker.associate(null, 'left-map');
      finishGradient(worker);
      worker.associate('b', 'left-range');
      context.takeSent();
      hear(worker, 'b', 1);
      worker.associate(null, 'left-map');
      worker.leaveMap();
      const kept = departure === 'wait' ? [[0, 'left-map']] : [];
      expect(ends()).toEqual([...kept, [1, 'left-map']]);
      expect(state).toMatchObject({ computing: null, unsent: [], model: null, kind: null });
      expect(context.alive).toEqual({ [theta]: 1 });
      // The timer of what it computed says nothing to the next one in its slot.
      finishGradient(worker);
      expect(context.sent).toEqual([]);
    },
  );
});

describe('a gradient kept in synchronous rounds', () => {
  it.each(['carry', 'wait'] as const)('is given up with its round (%s)', (departure) => {
    const worker = computing(departure, synchronous);
    worker.associate('b', 'handover');
    // Its own server closes its round, and then the next one begins at both.
    if (departure === 'wait') {
      worker.receive('b', { type: 'closed', round: 1 });
      expect(ends()).toEqual([]);
      finishGradient(worker);
    }
    hear(worker, 'b', 2);
    expect(ends()).toEqual([[0, 'round-closed']]);
    expect(begun().at(-1)).toEqual([1, 'b', 2]);
    expect(takeSent()).toEqual([]);
  });

  it('is given up when the server to which it is carried has closed its round', () => {
    const worker = computing('carry', synchronous);
    worker.associate('b', 'handover');
    worker.receive('b', { type: 'closed', round: 1 });
    expect(ends()).toEqual([[0, 'round-closed']]);
  });

  it('counts for the limit of the server to which it is carried', () => {
    const worker = computing('carry', synchronous, [['b', 1]]);
    worker.associate('b', 'handover');
    finishGradient(worker);
    hear(worker, 'b', 1);
    expect(takeSent()).toEqual([['b', 0, 1]]);
    expect(begun()).toHaveLength(1);
  });
});

describe('a gradient kept in asynchronous rounds', () => {
  it('is not given up for a newer model, nor when a server closes', () => {
    const worker = computing('carry', asynchronous);
    worker.associate('b', 'handover');
    hear(worker, 'b', 40, 9);
    worker.receive('b', { type: 'closed', round: 40 });
    finishGradient(worker);
    expect(ends()).toEqual([]);
    // It says still with which version it was computed.
    expect(context.sent).toMatchObject([{ to: 'b', message: { gradient: 0, version: 0 } }]);
  });

  it('adds to what was sent there in the last round that it knows of that server', () => {
    const worker = computing('carry', asynchronous, [['b', 2]]);
    worker.associate('b', 'handover');
    hear(worker, 'b', 40);
    finishGradient(worker);
    // One is sent to b in its round 40, and another one, of round 7 at a, is carried there.
    worker.associate('a', 'handover');
    finishGradient(worker);
    expect(takeSent()).toEqual([
      ['b', 0, 1],
      ['a', 1, 40],
    ]);
    hear(worker, 'a', 7);
    worker.associate(null, 'left-range');
    finishGradient(worker);
    worker.associate('b', 'left-range');
    expect(takeSent()).toEqual([['b', 2, 7]]);
    hear(worker, 'b', 40);
    expect(begun()).toHaveLength(3);
  });
});
