import { beforeEach, describe, expect, it } from 'vitest';
import { synchronous } from '#src/nodes/round-mode.js';
import type { WorkerSettings } from '#src/nodes/settings.js';
import { Worker } from '#src/nodes/worker.js';
import { newWorker, type WorkerState } from '#src/nodes/worker-state.js';
import { FakeContext } from './fake-context.ts';

let context: FakeContext;
let state: WorkerState;
let worker: Worker;
let theta: number;

const settings: WorkerSettings = {
  localSteps: 1,
  gradient: 1,
  gradientByKind: {},
  maxPerWorker: new Map(),
  departure: 'wait',
};

beforeEach(() => {
  context = new FakeContext();
  context.workersHaveMomentum = true;
  state = newWorker('w');
  theta = context.value();
  worker = new Worker(state, settings, synchronous, context);
  worker.associate('a', 'left-range');
});

function hear(round: number): void {
  worker.receive('a', { type: 'theta', round, version: round - 1, value: theta });
}

function finishGradient(): void {
  worker.wake(context.takeTimers().at(-1)!.timer);
}

describe('a worker with momentum', () => {
  it('sends what it remembers, and remembers what it finished before', () => {
    hear(1);
    finishGradient();
    finishGradient();
    const [first, second] = context.momenta.map(([, , momentum]) => momentum);
    expect(context.momenta.map(([, previous]) => previous)).toEqual([null, first]);
    const values = context.takeSent().map(({ message }) => 'value' in message && message.value);
    expect(values).toEqual([first, second]);
    // The third gradient is under way; of the others it owns its momentum alone.
    expect(context.alive).toEqual({ [theta]: 2, [second!]: 1, [state.computing!.value]: 1 });
  });

  it('leaves out what it gives up before it is finished', () => {
    hear(1);
    hear(2);
    finishGradient();
    expect(context.momenta).toHaveLength(1);
    expect(context.momenta[0]![1]).toBe(null);
    expect(context.takeSent()).toHaveLength(1);
  });

  it('counts what it finishes out of range, sent or not', () => {
    hear(1);
    worker.associate(null, 'left-range');
    finishGradient();
    expect(context.takeSent()).toEqual([]);
    worker.associate('a', 'left-range');
    hear(2);
    finishGradient();
    expect(context.momenta[1]![1]).toBe(context.momenta[0]![2]);
  });

  it('forgets it when the device leaves the map, or crashes and loses its state', () => {
    for (const forget of [
      () => {
        worker.associate(null, 'left-map');
        worker.leaveMap();
        worker.associate('a', 'left-range');
      },
      () => {
        worker.crash('lost');
        worker.recover();
      },
    ]) {
      const before = context.momenta.length;
      hear(before + 1);
      finishGradient();
      expect(state.momentum).not.toBe(null);
      forget();
      expect(state.momentum).toBe(null);
      hear(before + 2);
      finishGradient();
      expect(context.momenta.at(-1)![1]).toBe(null);
      forget();
      context.takeTimers();
    }
    expect(context.alive).toEqual({ [theta]: 1 });
  });

  it('keeps it over a crash that keeps its state', () => {
    hear(1);
    finishGradient();
    const { momentum } = state;
    worker.crash('kept');
    expect(state.momentum).toBe(momentum);
  });
});

it('a worker that makes three steps takes as long as three gradients', () => {
  const stepping = new Worker(newWorker('s'), { ...settings, localSteps: 3 }, synchronous, context);
  stepping.associate('a', 'left-range');
  stepping.receive('a', { type: 'theta', round: 1, version: 0, value: theta });
  expect(context.timers.at(-1)).toMatchObject({ node: 's', delayUs: 3_000_000 });
});
