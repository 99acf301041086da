import { beforeEach, describe, expect, it } from 'vitest';
import { Cloud, type CloudState, newCloud } from '#src/nodes/cloud.js';
import { type RoundMode, synchronous } from '#src/nodes/round-mode.js';
import type { CloudSettings, ServerLayerSettings } from '#src/nodes/settings.js';
import { FakeContext } from './fake-context.ts';
import { cloudPlace, cloudSettings, layer } from './places.ts';

let context: FakeContext;
let state: CloudState;
let nextResult: number;

beforeEach(() => {
  context = new FakeContext();
  state = newCloud('cloud', context.value());
  nextResult = 0;
});

function started(
  settings: Partial<CloudSettings> = {},
  layerSettings: Partial<ServerLayerSettings> = {},
  mode: RoundMode = synchronous,
): Cloud {
  const cloud = new Cloud(
    state,
    cloudPlace,
    layer({ collect: 'all', ...layerSettings }),
    { ...cloudSettings, ...settings },
    mode,
    context,
  );
  cloud.start();
  return cloud;
}

function result(cloud: Cloud, from: string, gradients: number, round = state.rounds + 1): number {
  const value = context.value();
  const version = state.version;
  cloud.receive(from, { type: 'result', round, version, result: nextResult, gradients, value });
  nextResult += 1;
  context.release(value);
  return value;
}

function none(cloud: Cloud, from: string, round = state.rounds + 1): void {
  cloud.receive(from, { type: 'no-result', round });
}

function wake(cloud: Cloud): void {
  cloud.wake(context.timers.shift()!.timer);
}

/** One round with the given numbers of gradients from each edge. */
function playRound(cloud: Cloud, gradients = 2): void {
  result(cloud, 'a', gradients);
  result(cloud, 'b', gradients);
  wake(cloud);
}

function events(type: string): unknown[] {
  return context.journal.filter((event) => event.type === type);
}

describe('the cloud', () => {
  it('measures the untrained model, opens round 1 and sends the model to every child', () => {
    started();
    expect(context.journal).toEqual([
      {
        type: 'evaluated',
        server: 'cloud',
        round: 0,
        version: 0,
        epoch: 0,
        gradients: 0,
        split: 'test',
      },
      { type: 'round-opened', server: 'cloud', round: 1, version: 0, children: 2 },
    ]);
    const message = { type: 'theta', round: 1, version: 0, value: state.theta };
    expect(context.sent).toEqual(['a', 'b'].map((to) => ({ from: 'cloud', to, message })));
  });

  it('measures and ends by started gradients where these are counted, whatever it aggregates', () => {
    const cloud = started({
      counted: 'started',
      evaluateEveryGradients: 3,
      gradientsPerEpoch: 2,
      gradientsAtEnd: 7,
    });
    playRound(cloud, 100);
    for (const gradients of [1, 2, 3, 5, 6]) cloud.started(gradients);
    expect(context.finished).toBeNull();
    for (const gradients of [7, 8]) cloud.started(gradients);
    expect(context.finished).toBe('epochs');
    cloud.end();
    expect(events('evaluated')).toEqual(
      [
        // Untrained, then at 3, 6 and 7 started ones: epochs are of two.
        { round: 0, version: 0, epoch: 0, gradients: 0 },
        { round: 1, version: 1, epoch: 1, gradients: 200 },
        { round: 1, version: 1, epoch: 3, gradients: 200 },
        { round: 1, version: 1, epoch: 3, gradients: 200 },
      ].map((each) => ({ type: 'evaluated', server: 'cloud', ...each, split: 'test' })),
    );
  });

  it('weighs results by their gradients where its layer says so, and else all alike', () => {
    const cloud = started({}, { weights: 'gradients' });
    result(cloud, 'a', 3);
    result(cloud, 'b', 8);
    expect(context.aggregations[0]!.weights).toEqual([3, 8]);
    context = new FakeContext();
    state = newCloud('cloud', context.value());
    const other = started();
    result(other, 'a', 3);
    result(other, 'b', 8);
    expect(context.aggregations[0]!.weights).toBeNull();
  });

  it('waits for all, updates, and opens the next round with the new version', () => {
    const cloud = started();
    const { theta } = state;
    context.takeSent();
    context.takeJournal();
    const first = result(cloud, 'b', 3);
    expect(context.aggregations).toEqual([]);
    const second = result(cloud, 'a', 4);
    expect(context.aggregations).toMatchObject([{ server: 'cloud', inputs: [first, second] }]);
    wake(cloud);
    const aggregate = context.stands[0]![1];
    expect(context.updates).toEqual([
      { theta, aggregate, optimiserState: null, learningRate: 0.5 },
    ]);
    expect(context.journal.map(({ type }) => type)).toEqual([
      'aggregated',
      'result-ended',
      'result-ended',
      'updated',
      'round-ended',
      'round-opened',
    ]);
    expect(events('updated')).toEqual([
      { type: 'updated', server: 'cloud', round: 1, version: 1, gradients: 7, learningRate: 0.5 },
    ]);
    const next = { type: 'theta', round: 2, version: 1, value: state.theta };
    expect(context.sent).toEqual(['a', 'b'].map((to) => ({ from: 'cloud', to, message: next })));
    expect(context.alive).toEqual({ [state.theta]: 1, [aggregate]: 1 });
  });

  it('keeps the model when every edge reports none, and goes on with the next round', () => {
    const cloud = started();
    const { theta } = state;
    none(cloud, 'a');
    none(cloud, 'b');
    expect(state).toMatchObject({ theta, version: 0, rounds: 1, updates: 0 });
    expect(events('updated')).toEqual([]);
    expect(events('round-opened')).toHaveLength(2);
  });

  it('keeps the state of its optimiser until the next update has replaced it', () => {
    context.optimiserHasState = true;
    const cloud = started();
    playRound(cloud);
    const first = state.optimiserState!;
    expect(context.updates.at(-1)!.optimiserState).toBe(first);
    playRound(cloud);
    expect(context.updates.at(-1)!.optimiserState).toBe(state.optimiserState);
    expect(state.optimiserState).not.toBe(first);
    expect(context.alive).toMatchObject({ [state.optimiserState!]: 1, [state.theta]: 1 });
    expect(context.alive).not.toHaveProperty(`${first}`);
  });

  it('updates from the edges that have a result', () => {
    const cloud = started();
    none(cloud, 'a');
    result(cloud, 'b', 3);
    wake(cloud);
    expect(context.aggregations[0]!.inputs).toHaveLength(1);
    expect(state).toMatchObject({ version: 1, gradients: 3 });
  });

  it('drops a result of another round as late', () => {
    const cloud = started();
    playRound(cloud);
    result(cloud, 'a', 2, 1);
    expect(events('result-ended').at(-1)).toMatchObject({
      result: 2,
      outcome: 'dropped',
      reason: 'late',
    });
  });

  it('goes on without an edge that has not answered by its deadline', () => {
    const cloud = started({}, { deadlineUs: 60_000_000 });
    expect(context.timers).toMatchObject([{ node: 'cloud', delayUs: 60_000_000 }]);
    result(cloud, 'a', 2);
    wake(cloud);
    wake(cloud);
    expect(events('aggregated')).toMatchObject([{ vectors: 1, atDeadline: true }]);
    expect(state).toMatchObject({ version: 1, rounds: 1 });
    result(cloud, 'b', 2, 1);
    expect(events('result-ended').at(-1)).toMatchObject({ outcome: 'dropped', reason: 'late' });
  });

  it('asks for the learning rate by updates, epochs and seconds', () => {
    const asked: unknown[] = [];
    const learningRate = (at: unknown) => {
      asked.push(at);
      return 0.25;
    };
    const cloud = started({ learningRate, gradientsPerEpoch: 4 });
    for (const nowUs of [1_500_000, 2_000_000, 4_250_000]) {
      context.nowUs = nowUs;
      playRound(cloud, 1);
    }
    // Two gradients a round, four an epoch; the epoch counts what came before the update.
    expect(asked).toEqual([
      { round: 0, epoch: 0, time: 1.5 },
      { round: 1, epoch: 0, time: 2 },
      { round: 2, epoch: 1, time: 4.25 },
    ]);
  });

  it('measures each time `everyGradients` more have arrived, once for several steps at a time', () => {
    const cloud = started({ evaluateEveryGradients: 5 });
    context.takeJournal();
    // 4, 8, 12, 16, 38: the steps of 5 that are passed are 5, 10, 15 and (20, 25, 30, 35).
    for (const gradients of [2, 2, 2, 2, 11]) playRound(cloud, gradients);
    const measured = events('evaluated') as { gradients: number; epoch: number }[];
    expect(measured.map(({ gradients }) => gradients)).toEqual([8, 12, 16, 38]);
    expect(measured.map(({ epoch }) => epoch)).toEqual([2, 3, 4, 9]);
  });

  it('ends after its gradients, with a last measurement and no further round', () => {
    const cloud = started({ gradientsAtEnd: 6 });
    playRound(cloud);
    expect(context.finished).toBeNull();
    context.takeSent();
    context.takeJournal();
    playRound(cloud);
    expect(context.finished).toBe('epochs');
    expect(context.sent).toEqual([]);
    expect(context.journal.at(-1)).toMatchObject({ type: 'round-ended', round: 2 });
    cloud.end();
    expect(context.journal.at(-1)).toMatchObject({ type: 'evaluated', version: 2, gradients: 8 });
    expect(Object.keys(context.alive)).toHaveLength(2);
  });

  it('ends when it has exactly its gradients', () => {
    const cloud = started({ gradientsAtEnd: 8 });
    playRound(cloud);
    expect(context.finished).toBeNull();
    playRound(cloud);
    expect(context.finished).toBe('epochs');
  });

  it('ends after its rounds, those without an update included', () => {
    const cloud = started({ maximumRounds: 2 });
    playRound(cloud);
    expect(context.finished).toBeNull();
    none(cloud, 'a');
    none(cloud, 'b');
    expect(context.finished).toBe('rounds');
    cloud.end();
    expect(events('evaluated')).toHaveLength(2);
  });

  it('measures once more when the run is cut off, unless it just has', () => {
    const cloud = started();
    cloud.end();
    expect(events('evaluated')).toHaveLength(1);
    playRound(cloud);
    cloud.end();
    cloud.end();
    expect(events('evaluated')).toMatchObject([{ gradients: 0 }, { gradients: 4, round: 1 }]);
  });

  it('updates only after the time that its own aggregation takes', () => {
    const cloud = started({}, { aggregationUsPerVector: 1000 });
    result(cloud, 'a', 1);
    result(cloud, 'b', 1);
    expect(context.timers).toMatchObject([{ delayUs: 2000, timer: { kind: 'aggregated' } }]);
    expect(state.version).toBe(0);
    wake(cloud);
    expect(state.version).toBe(1);
  });
});
