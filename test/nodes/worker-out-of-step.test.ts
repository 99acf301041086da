import { beforeEach, describe, expect, it } from 'vitest';
import { asynchronous, partiallyAsynchronous, type RoundMode } from '#src/nodes/round-mode.js';
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

function workerAt(
  server: string,
  mode: RoundMode = asynchronous,
  changes: Partial<WorkerSettings> = {},
): Worker {
  const settings: WorkerSettings = {
    localSteps: 1,
    gradient: 1,
    gradientByKind: {},
    maxPerWorker: new Map(),
    departure: 'drop',
    ...changes,
  };
  const worker = new Worker(state, settings, mode, context);
  worker.associate(server, 'left-range');
  context.work.splice(0);
  return worker;
}

function hear(worker: Worker, round: number, version: number, from = 'a'): void {
  worker.receive(from, { type: 'theta', round, version, value: theta });
}

function finishGradient(worker: Worker): void {
  worker.wake(context.takeTimers().at(-1)!.timer);
}

function begun(): unknown[] {
  return context.journal.flatMap((event) =>
    event.type === 'gradient-started' ? [[event.gradient, event.round, event.version]] : [],
  );
}

function ends(): unknown[] {
  return context.journal.flatMap((event) =>
    event.type === 'gradient-ended' ? [[event.gradient, event.reason]] : [],
  );
}

describe('a worker in asynchronous rounds', () => {
  it('finishes what it has begun and then goes on at once with the newest model', () => {
    const worker = workerAt('a');
    hear(worker, 1, 0);
    hear(worker, 1, 3);
    hear(worker, 2, 5);
    finishGradient(worker);
    expect(ends()).toEqual([]);
    expect(context.sent).toMatchObject([{ message: { gradient: 0, round: 1, version: 0 } }]);
    expect(begun()).toEqual([
      [0, 1, 0],
      [1, 2, 5],
    ]);
    expect(context.alive).toMatchObject({ [theta]: 2 });
  });

  it('keeps the newest model when an older one arrives after it', () => {
    const worker = workerAt('a');
    hear(worker, 3, 3);
    hear(worker, 2, 2);
    finishGradient(worker);
    expect(begun().at(-1)).toEqual([1, 3, 3]);
    expect(context.alive).toMatchObject({ [theta]: 2 });
  });

  it('takes an older model from another server', () => {
    const worker = workerAt('a');
    hear(worker, 3, 3);
    worker.associate('b', 'handover');
    hear(worker, 1, 1, 'b');
    expect(begun().at(-1)).toEqual([1, 1, 1]);
  });

  it('has no bound, so it asks no server', () => {
    const worker = workerAt('a');
    hear(worker, 1, 0);
    finishGradient(worker);
    worker.associate(null, 'left-range');
    expect(context.work).toEqual([]);
  });

  it('waits at its limit until its server has closed, or sends a model of a later round', () => {
    const worker = workerAt('a', asynchronous, { maxPerWorker: new Map([['a', 1]]) });
    hear(worker, 1, 0);
    finishGradient(worker);
    expect(begun()).toHaveLength(1);
    // A newer model of the same round does not change that.
    hear(worker, 1, 2);
    expect(begun()).toHaveLength(1);
    worker.receive('a', { type: 'closed', round: 1 });
    expect(begun().at(-1)).toEqual([1, 2, 2]);
    finishGradient(worker);
    hear(worker, 5, 4);
    expect(begun().at(-1)).toEqual([2, 5, 4]);
  });

  it('counts what it sends after its server has closed for the next aggregation', () => {
    const worker = workerAt('a', asynchronous, { maxPerWorker: new Map([['a', 1]]) });
    hear(worker, 1, 0);
    worker.receive('a', { type: 'closed', round: 1 });
    finishGradient(worker);
    expect(begun()).toHaveLength(1);
    expect(state.sent.get('a')).toEqual({ round: 2, gradients: 1 });
  });

  it('knows that a round is closed of which the model arrives later', () => {
    const worker = workerAt('a', asynchronous, { maxPerWorker: new Map([['a', 1]]) });
    worker.receive('a', { type: 'closed', round: 4 });
    hear(worker, 4, 3);
    expect(begun()).toEqual([[0, 5, 3]]);
  });
});

describe('a worker with bounded staleness', () => {
  const bounded = partiallyAsynchronous(2, true);

  it('begins only with leave, and says when it has finished', () => {
    const worker = workerAt('a', bounded);
    hear(worker, 1, 4);
    finishGradient(worker);
    expect(context.work).toEqual([
      ['w', 4],
      ['w', null],
      ['w', 4],
    ]);
  });

  it('waits for a newer model without leave', () => {
    const worker = workerAt('a', bounded);
    context.mayWork = false;
    hear(worker, 1, 4);
    expect(begun()).toEqual([]);
    expect(context.timers).toEqual([]);
    context.mayWork = true;
    hear(worker, 1, 5);
    expect(begun()).toEqual([[0, 1, 5]]);
  });

  it('gives up what a newer model makes too old, and only that', () => {
    const worker = workerAt('a', bounded);
    hear(worker, 1, 1);
    hear(worker, 2, 3);
    expect(ends()).toEqual([]);
    hear(worker, 3, 4);
    expect(ends()).toEqual([[0, 'stale']]);
    expect(context.work.slice(-2)).toEqual([
      ['w', null],
      ['w', 4],
    ]);
    expect(begun().at(-1)).toEqual([1, 3, 4]);
  });

  it('gives up what it keeps for another server when that is too old', () => {
    const worker = workerAt('a', bounded, { departure: 'wait' });
    hear(worker, 1, 1);
    worker.associate('b', 'handover');
    finishGradient(worker);
    hear(worker, 9, 4, 'b');
    expect(ends()).toEqual([[0, 'stale']]);
  });

  it.each(['drop', 'carry', 'wait'] as const)(
    'lets no server wait for it when it leaves (%s)',
    (departure) => {
      const worker = workerAt('a', bounded, { departure });
      hear(worker, 1, 1);
      worker.associate(null, 'left-range');
      expect(context.work.slice(0, 2)).toEqual([
        ['w', 1],
        ['w', null],
      ]);
      expect(context.work.slice(2).every(([, version]) => version === null)).toBe(true);
    },
  );

  it.each([
    ['carry', 'b', true],
    ['carry', 'a', true],
    ['wait', 'a', true],
    ['wait', 'b', false],
  ] as const)(
    'is waited for again when it comes with work that it may send (%s to %s: %s)',
    (departure, server, counts) => {
      const worker = workerAt('a', bounded, { departure });
      hear(worker, 1, 1);
      worker.associate(null, 'left-range');
      worker.associate(server, 'left-range');
      expect(context.work.at(-1)).toEqual(['w', counts ? 1 : null]);
      expect(ends()).toEqual([]);
    },
  );

  it('gives up what it comes with when that is too old', () => {
    const worker = workerAt('a', bounded, { departure: 'carry' });
    hear(worker, 1, 1);
    context.mayWork = false;
    worker.associate('b', 'handover');
    expect(ends()).toEqual([[0, 'stale']]);
    expect(context.alive).toEqual({ [theta]: 1 });
    finishGradient(worker);
    expect(context.sent).toEqual([]);
  });
});
