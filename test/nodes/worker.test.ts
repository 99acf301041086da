import { beforeEach, describe, expect, it } from 'vitest';
import { synchronous } from '#src/nodes/round-mode.js';
import type { WorkerSettings } from '#src/nodes/settings.js';
import { Worker } from '#src/nodes/worker.js';
import { newWorker, type WorkerState } from '#src/nodes/worker-state.js';
import { FakeContext } from './fake-context.ts';

let context: FakeContext;
let state: WorkerState;
let theta: number;

const settings: WorkerSettings = {
  localSteps: 1,
  gradient: 1,
  gradientByKind: { pedestrian: 3 },
  maxPerWorker: new Map(),
  departure: 'drop',
};

function workerAt(server: string | null, changes: Partial<WorkerSettings> = {}): Worker {
  const worker = new Worker(state, { ...settings, ...changes }, synchronous, context);
  worker.associate(server, 'left-range');
  return worker;
}

function send(worker: Worker, round: number, from = 'a'): void {
  worker.receive(from, { type: 'theta', round, version: round - 1, value: theta });
}

/** Wakes it with the timer it has set last. */
function finishGradient(worker: Worker): void {
  worker.wake(context.takeTimers().at(-1)!.timer);
}

beforeEach(() => {
  context = new FakeContext();
  state = newWorker('w');
  theta = context.value();
});

describe('a worker', () => {
  it('starts a gradient when its server sends a model, and is woken when it is computed', () => {
    send(workerAt('a'), 3);
    expect(context.journal).toEqual([
      { type: 'gradient-started', gradient: 0, worker: 'w', server: 'a', round: 3, version: 2 },
    ]);
    expect(context.timers).toEqual([
      {
        node: 'w',
        delayUs: 1_000_000,
        timer: { kind: 'computed', gradient: 0 },
        needs: undefined,
      },
    ]);
  });

  it('draws how long it takes from a stream of its own', () => {
    const gradient = { distribution: 'exponential', meanS: 1 } as const;
    send(workerAt('a', { gradient }), 1);
    expect(context.streamNames).toEqual(['device/w']);
  });

  it('takes the time of its kind of device', () => {
    state.kind = 'pedestrian';
    send(workerAt('a'), 1);
    expect(context.timers[0]!.delayUs).toBe(3_000_000);
  });

  it('sends one gradient after another until it hears that the round is closed', () => {
    const worker = workerAt('a');
    send(worker, 1);
    for (let gradient = 0; gradient < 3; gradient += 1) {
      finishGradient(worker);
      expect(context.takeSent()).toMatchObject([
        { from: 'w', to: 'a', message: { type: 'gradient', round: 1, gradient } },
      ]);
    }
    context.takeJournal();
    worker.receive('a', { type: 'closed', round: 1 });
    expect(context.journal).toEqual([
      {
        type: 'gradient-ended',
        gradient: 3,
        worker: 'w',
        server: 'a',
        outcome: 'dropped',
        reason: 'round-closed',
      },
    ]);
    finishGradient(worker);
    expect(context.sent).toEqual([]);
    expect(context.alive).toEqual({ [theta]: 1 });
  });

  it('does not mind that another round was closed', () => {
    const worker = workerAt('a');
    send(worker, 2);
    worker.receive('a', { type: 'closed', round: 1 });
    finishGradient(worker);
    expect(context.sent).toHaveLength(1);
  });

  it('starts nothing when it hears of the end of a round before its model arrives', () => {
    const worker = workerAt('a');
    worker.receive('a', { type: 'closed', round: 4 });
    send(worker, 4);
    expect(context.journal).toEqual([]);
    send(worker, 5);
    expect(context.journal).toMatchObject([{ type: 'gradient-started', round: 5 }]);
  });

  it('joins a round at a new server that its old server has closed already', () => {
    const worker = workerAt('a');
    worker.receive('a', { type: 'closed', round: 4 });
    worker.associate('b', 'handover');
    send(worker, 4, 'b');
    expect(context.journal).toMatchObject([{ type: 'gradient-started', server: 'b', round: 4 }]);
  });

  it('goes on with the same gradient when the same model comes twice', () => {
    const worker = workerAt('a');
    send(worker, 1);
    send(worker, 1);
    expect(context.journal).toMatchObject([{ type: 'gradient-started', gradient: 0 }]);
    expect(context.timers).toHaveLength(1);
  });

  it('gives up its gradient for the next round when it has not heard of the end of its own', () => {
    const worker = workerAt('a');
    send(worker, 1);
    context.takeJournal();
    send(worker, 2);
    expect(context.journal).toMatchObject([
      { type: 'gradient-ended', gradient: 0, outcome: 'dropped', reason: 'round-closed' },
      { type: 'gradient-started', gradient: 1, round: 2 },
    ]);
  });

  it.each(['handover', 'left-range', 'left-map'] as const)(
    'drops its gradient under way when it leaves its server: %s',
    (reason) => {
      const worker = workerAt('a');
      send(worker, 1);
      context.takeJournal();
      worker.associate(reason === 'handover' ? 'b' : null, reason);
      expect(context.journal).toEqual([
        {
          type: 'gradient-ended',
          gradient: 0,
          worker: 'w',
          server: 'a',
          outcome: 'dropped',
          reason,
        },
      ]);
      finishGradient(worker);
      expect(context.sent).toEqual([]);
      expect(context.alive).toEqual({ [theta]: 1 });
    },
  );

  it('ignores servers that are not its own', () => {
    const worker = workerAt('a');
    send(worker, 1, 'b');
    expect(context.journal).toEqual([]);
    send(worker, 1);
    worker.receive('b', { type: 'closed', round: 1 });
    finishGradient(worker);
    expect(context.sent).toHaveLength(1);
  });

  describe('with a limit on its gradients in one aggregation', () => {
    const maxPerWorker = new Map([['a', 2]]);

    function sendUntilItStops(worker: Worker): number {
      for (let sent = 0; ; sent += 1) {
        if (context.timers.length === 0) return sent;
        finishGradient(worker);
      }
    }

    it('stops there, and begins again with the next round', () => {
      const worker = workerAt('a', { maxPerWorker });
      send(worker, 1);
      expect(sendUntilItStops(worker)).toBe(2);
      send(worker, 2);
      expect(sendUntilItStops(worker)).toBe(2);
    });

    it('keeps to it when it leaves within the round and comes back', () => {
      const worker = workerAt('a', { maxPerWorker });
      send(worker, 1);
      finishGradient(worker);
      worker.associate('b', 'handover');
      context.takeTimers();
      send(worker, 1, 'b');
      finishGradient(worker);
      worker.associate('a', 'handover');
      context.takeTimers();
      send(worker, 1);
      expect(sendUntilItStops(worker)).toBe(1);
    });
  });
});
