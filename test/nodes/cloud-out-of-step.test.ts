import { beforeEach, describe, expect, it } from 'vitest';
import { Cloud, type CloudState, newCloud } from '#src/nodes/cloud.js';
import {
  asynchronous,
  asynchronousToAll,
  partiallyAsynchronous,
  type RoundMode,
} from '#src/nodes/round-mode.js';
import type { CloudSettings, ServerLayerSettings } from '#src/nodes/settings.js';
import { FakeContext, roundOf } from './fake-context.ts';
import { cloudPlace, cloudSettings, layer } from './places.ts';

let context: FakeContext;
let state: CloudState;
let nextResult: number;

beforeEach(() => {
  context = new FakeContext();
  state = newCloud('cloud', context.value());
  nextResult = 0;
});

const anyOne = { collect: { count: 1, distinct: false } } as const;

function started(
  mode: RoundMode,
  layerSettings: Partial<ServerLayerSettings> = {},
  settings: Partial<CloudSettings> = {},
  children: readonly string[] = cloudPlace.children,
): Cloud {
  const cloud = new Cloud(
    state,
    { ...cloudPlace, children },
    layer({ ...anyOne, ...layerSettings }),
    { ...cloudSettings, ...settings },
    mode,
    context,
  );
  cloud.start();
  return cloud;
}

/** A result of one gradient arrives, of the newest version and round unless it says otherwise. */
function result(
  cloud: Cloud,
  from: string,
  { version = state.version, round = state.collection.round } = {},
): void {
  const value = context.value();
  cloud.receive(from, { type: 'result', round, version, result: nextResult, gradients: 1, value });
  nextResult += 1;
  context.release(value);
}

/** Wakes it with its oldest waiting timer of that kind. */
function wake(cloud: Cloud, kind: 'aggregated' | 'deadline' | 'decide'): void {
  const at = context.timers.findIndex(({ timer }) => timer.kind === kind);
  const [set] = context.timers.splice(at, 1);
  cloud.wake(set!.timer);
}

/** Takes out what was sent so far: to whom, in which round, which version. */
function takeSent(): unknown[] {
  return context
    .takeSent()
    .map(({ to, message }) => [to, roundOf(message), message.type === 'theta' && message.version]);
}

function events(type: string): object[] {
  return context.journal.filter((event) => event.type === type);
}

function ends(): unknown[] {
  return context.journal.flatMap((event) =>
    event.type === 'result-ended' ? [[event.result, event.reason ?? event.staleness]] : [],
  );
}

describe('an asynchronous cloud', () => {
  it('updates on every result and answers its sender alone with the newest model', () => {
    const cloud = started(asynchronous);
    expect(takeSent()).toEqual([
      ['a', 1, 0],
      ['b', 1, 0],
    ]);
    result(cloud, 'b');
    expect(takeSent()).toEqual([]);
    wake(cloud, 'aggregated');
    expect(takeSent()).toEqual([['b', 2, 1]]);
    result(cloud, 'b');
    wake(cloud, 'aggregated');
    expect(takeSent()).toEqual([['b', 3, 2]]);
    result(cloud, 'a', { version: 0, round: 1 });
    wake(cloud, 'aggregated');
    expect(takeSent()).toEqual([['a', 4, 3]]);
    expect(ends()).toEqual([
      [0, 0],
      [1, 0],
      [2, 2],
    ]);
    expect(context.updates.map(({ learningRate }) => learningRate)).toEqual([0.5, 0.5, 0.5]);
    expect(Object.keys(context.alive).map(Number).sort()).toEqual(
      [state.theta, context.stands.at(-1)![1]].sort(),
    );
  });

  it('updates on the first `count` from any edges, and answers each sender once', () => {
    const cloud = started(asynchronous, { collect: { count: 3, distinct: false } }, {}, [
      'a',
      'b',
      'c',
    ]);
    context.takeSent();
    for (const from of ['c', 'c', 'a']) result(cloud, from);
    wake(cloud, 'aggregated');
    expect(takeSent()).toEqual([
      ['a', 2, 1],
      ['c', 2, 1],
    ]);
  });

  it('sends each new model to all of its servers where that is asked for', () => {
    const cloud = started(asynchronousToAll, {}, {}, ['a', 'b', 'c']);
    context.takeSent();
    for (const version of [1, 2]) {
      result(cloud, 'b');
      wake(cloud, 'aggregated');
      expect(takeSent()).toEqual(['a', 'b', 'c'].map((child) => [child, version + 1, version]));
    }
  });

  it('applies what came while it made a version to the next one, and answers it then', () => {
    const cloud = started(asynchronous, { aggregationUsPerVector: 1000 });
    result(cloud, 'a');
    result(cloud, 'b');
    expect(events('aggregated')).toHaveLength(1);
    context.takeSent();
    wake(cloud, 'aggregated');
    // The round is closed already when the first answer is sent.
    expect(takeSent()).toEqual([['a', 2, 1]]);
    expect(events('aggregated')).toHaveLength(2);
    expect(ends()).toEqual([
      [0, 0],
      [1, 1],
    ]);
    wake(cloud, 'aggregated');
    expect(takeSent()).toEqual([['b', 3, 2]]);
  });

  it('takes exactly its count of what waits, in the order of arrival, and leaves the rest', () => {
    const cloud = started(asynchronous, {
      collect: { count: 2, distinct: false },
      aggregationUsPerVector: 1000,
    });
    for (const from of 'aabbabb') result(cloud, from);
    for (let version = 1; version < 4; version += 1) wake(cloud, 'aggregated');
    expect(events('aggregated')).toMatchObject(
      [1, 2, 3].map((round) => ({ round, vectors: 2, atDeadline: false })),
    );
    // Two a version, each one version later than the two before it.
    expect(ends()).toEqual([0, 0, 1, 1, 2, 2].map((staleness, at) => [at, staleness]));
    expect(state.collection.entries.map(({ id }) => id)).toEqual([6]);
    context.takeTimers();
    result(cloud, 'a');
    expect(ends().slice(6)).toEqual([
      [6, 3],
      [7, 0],
    ]);
  });

  it('answers a sender whose result waits only once it is applied', () => {
    const cloud = started(asynchronous, { aggregationUsPerVector: 1000 });
    for (const from of 'aab') result(cloud, from);
    context.takeSent();
    for (const expected of [
      ['a', 2, 1],
      ['a', 3, 2],
      ['b', 4, 3],
    ]) {
      wake(cloud, 'aggregated');
      expect(takeSent()).toEqual([expected]);
    }
  });

  it('sends its model to a server that reports none, at any time', () => {
    const cloud = started(asynchronous, { aggregationUsPerVector: 1000 });
    context.takeSent();
    cloud.receive('a', { type: 'no-result', round: 0 });
    expect(takeSent()).toEqual([['a', 1, 0]]);
    result(cloud, 'b');
    cloud.receive('a', { type: 'no-result', round: 0 });
    expect(takeSent()).toEqual([['a', 1, 0]]);
    expect(state.rounds).toBe(0);
  });

  it('sends its model to all when nothing has come by its deadline', () => {
    const cloud = started(asynchronous, { deadlineUs: 1000 });
    context.takeSent();
    wake(cloud, 'deadline');
    expect(takeSent()).toEqual([
      ['a', 2, 0],
      ['b', 2, 0],
    ]);
    expect(state).toMatchObject({ rounds: 1, version: 0 });
  });

  it('takes what is as old as can be, and lets everybody begin', () => {
    const cloud = started(asynchronous);
    for (let version = 0; version < 50; version += 1) {
      result(cloud, 'a');
      wake(cloud, 'aggregated');
    }
    result(cloud, 'b', { version: 0, round: 1 });
    expect(ends().at(-1)).toEqual([50, 50]);
    expect(cloud.beginWork('w', 0)).toBe(true);
  });
});

describe('a partially asynchronous cloud', () => {
  const quorum = { collect: { count: 2, distinct: true }, deadlineUs: 1000 } as const;
  const three = ['a', 'b', 'c'];

  it('closes at its quorum of different edges and sends the new model to all', () => {
    const cloud = started(partiallyAsynchronous(4, true), quorum, {}, three);
    context.takeSent();
    result(cloud, 'a');
    result(cloud, 'a');
    expect(events('aggregated')).toEqual([]);
    result(cloud, 'c');
    wake(cloud, 'aggregated');
    expect(events('aggregated')).toMatchObject([{ vectors: 3, senders: 2 }]);
    expect(takeSent()).toEqual(three.map((child) => [child, 2, 1]));
  });

  it('takes what came until its quorum was there, and leaves what came later for the next', () => {
    const cloud = started(
      partiallyAsynchronous(4, true),
      { ...quorum, aggregationUsPerVector: 10 },
      {},
      three,
    );
    for (const from of ['a', 'b']) result(cloud, from);
    // While it is busy three results of a come before the second sender's, and two after it.
    for (const from of ['a', 'a', 'a', 'c', 'b', 'a']) result(cloud, from);
    wake(cloud, 'aggregated');
    wake(cloud, 'aggregated');
    expect(events('aggregated')).toMatchObject([
      { vectors: 2, senders: 2 },
      { vectors: 4, senders: 2 },
      { vectors: 2, senders: 2 },
    ]);
  });

  it('drops what waits as late at its next version when it takes nothing late', () => {
    const cloud = started(partiallyAsynchronous(4, false), quorum, {}, three);
    cloud.beginWork('slow', 0);
    for (let version = 1; version <= 4; version += 1) {
      result(cloud, 'a');
      result(cloud, 'b');
      wake(cloud, 'aggregated');
    }
    // Held back, it hears of another one that is of its round, but not among the two it takes.
    for (const from of three) result(cloud, from);
    cloud.endWork('slow');
    wake(cloud, 'aggregated');
    expect(ends().slice(8)).toEqual([
      [8, 0],
      [9, 0],
      [10, 'late'],
    ]);
  });

  it('closes below its quorum at its timeout', () => {
    const cloud = started(partiallyAsynchronous(4, true), quorum, {}, three);
    result(cloud, 'a');
    wake(cloud, 'deadline');
    expect(events('aggregated')).toMatchObject([{ vectors: 1, atDeadline: true }]);
  });

  it('counts a late result for the next round, as stale as it is', () => {
    const cloud = started(partiallyAsynchronous(4, true), quorum, {}, three);
    result(cloud, 'a');
    result(cloud, 'b');
    wake(cloud, 'aggregated');
    result(cloud, 'c', { round: 1, version: 0 });
    result(cloud, 'a');
    expect(ends().slice(2)).toEqual([
      [2, 1],
      [3, 0],
    ]);
  });

  it('drops a late result when it takes none, and sends its model back', () => {
    const cloud = started(partiallyAsynchronous(4, false), quorum, {}, three);
    result(cloud, 'a');
    result(cloud, 'b');
    wake(cloud, 'aggregated');
    context.takeSent();
    result(cloud, 'c', { round: 1, version: 0 });
    expect(ends().at(-1)).toEqual([2, 'late']);
    expect(takeSent()).toEqual([['c', 2, 1]]);
  });

  it('takes what missed a round that ended with nothing, for it has missed no version', () => {
    const cloud = started(partiallyAsynchronous(4, false), quorum, {}, three);
    result(cloud, 'a');
    result(cloud, 'b');
    wake(cloud, 'aggregated');
    // Rounds 2 and 3 end with nothing; the newest version is still the one of round 2.
    wake(cloud, 'deadline');
    wake(cloud, 'deadline');
    result(cloud, 'c', { round: 1, version: 0 });
    expect(ends().at(-1)).toEqual([2, 'late']);
    result(cloud, 'c', { round: 2, version: 1 });
    result(cloud, 'a', { round: 3, version: 1 });
    expect(ends().slice(3)).toEqual([
      [3, 0],
      [4, 0],
    ]);
  });

  it('knows a late result also while it makes the version that it has missed', () => {
    const cloud = started(
      partiallyAsynchronous(4, false),
      { ...quorum, aggregationUsPerVector: 10 },
      {},
      three,
    );
    result(cloud, 'a');
    result(cloud, 'b');
    result(cloud, 'c');
    expect(ends().at(-1)).toEqual([2, 'late']);
    wake(cloud, 'aggregated');
    expect(state.collection.entries).toEqual([]);
  });

  it('drops what came during an attempt that stood, when it takes nothing late', () => {
    const cloud = started(
      partiallyAsynchronous(4, false),
      { ...quorum, tooFew: 'wait' },
      {},
      three,
    );
    for (const from of three) result(cloud, from);
    wake(cloud, 'decide');
    wake(cloud, 'aggregated');
    expect(ends()).toEqual([
      [0, 0],
      [1, 0],
      [2, 'late'],
    ]);
    expect(context.aggregations).toHaveLength(1);
  });

  it('applies what is as old as the bound, and drops what is older', () => {
    const cloud = started(partiallyAsynchronous(2, true), { deadlineUs: 1000 });
    for (let version = 0; version < 3; version += 1) {
      result(cloud, 'a');
      wake(cloud, 'aggregated');
    }
    result(cloud, 'b', { version: 0, round: 1 });
    expect(ends().at(-1)).toEqual([3, 'stale']);
    result(cloud, 'b', { version: 1, round: 2 });
    expect(ends().at(-1)).toEqual([4, 2]);
  });

  it('drops what its own new version has made too old', () => {
    const cloud = started(partiallyAsynchronous(1, true), {
      deadlineUs: 1000,
      aggregationUsPerVector: 10,
    });
    result(cloud, 'a');
    wake(cloud, 'aggregated');
    result(cloud, 'a');
    // It is one version behind when it comes, and two when it could be applied.
    result(cloud, 'b', { version: 0, round: 1 });
    wake(cloud, 'aggregated');
    expect(ends().at(-1)).toEqual([2, 'stale']);
    expect(state.collection).toMatchObject({ open: true, entries: [] });
  });
});

describe('a cloud that is held back', () => {
  const bound = partiallyAsynchronous(1, true);
  const timeout = { deadlineUs: 1000 } as const;

  /** At version 1, with enough for version 2, while slow and slower still work on version 0. */
  function heldBack(layerSettings: Partial<ServerLayerSettings> = {}, quorum = 1): Cloud {
    const cloud = started(bound, { ...timeout, ...layerSettings });
    expect(cloud.beginWork('slow', 0)).toBe(true);
    expect(cloud.beginWork('slower', 0)).toBe(true);
    for (let sent = 0; sent < quorum; sent += 1) result(cloud, 'a');
    wake(cloud, 'aggregated');
    expect(cloud.beginWork('quick', 1)).toBe(true);
    result(cloud, 'a');
    context.takeSent();
    return cloud;
  }

  it('says once a round for whom it waits', () => {
    const cloud = heldBack();
    result(cloud, 'b');
    expect(events('held-back')).toEqual([
      {
        type: 'held-back',
        server: 'cloud',
        round: 2,
        version: 1,
        slowest: 0,
        workers: ['slow', 'slower'],
      },
    ]);
    expect(events('aggregated')).toHaveLength(1);
  });

  it('goes on at the instant at which the last of them has finished or left', () => {
    const cloud = heldBack();
    cloud.endWork('slow');
    expect(events('aggregated')).toHaveLength(1);
    cloud.endWork('slower');
    expect(events('aggregated').at(-1)).toMatchObject({ round: 2, vectors: 1, atDeadline: false });
    wake(cloud, 'aggregated');
    expect(takeSent()).toEqual([
      ['a', 3, 2],
      ['b', 3, 2],
    ]);
  });

  it('does not let anyone begin on the version of the slowest meanwhile', () => {
    const cloud = heldBack();
    expect(cloud.beginWork('quicker', 0)).toBe(false);
    expect(cloud.beginWork('quicker', 1)).toBe(true);
    cloud.endWork('slow');
    expect(cloud.beginWork('slow', 0)).toBe(false);
    cloud.endWork('slower');
    expect(events('aggregated')).toHaveLength(2);
  });

  it('stays so beyond its timeout, and reminds everyone of its model at each', () => {
    const cloud = heldBack();
    context.timers.splice(0, context.timers.length - 1);
    for (let reminder = 1; reminder <= 2; reminder += 1) {
      wake(cloud, 'deadline');
      expect(takeSent()).toEqual([
        ['a', 2, 1],
        ['b', 2, 1],
      ]);
      expect(context.timers).toMatchObject([{ delayUs: 1000, timer: { round: 2 } }]);
    }
    cloud.endWork('slow');
    cloud.endWork('slower');
    expect(events('aggregated').at(-1)).toMatchObject({ atDeadline: true });
  });

  it('takes no more than its count of what came meanwhile, even beyond its timeout', () => {
    const cloud = heldBack();
    result(cloud, 'b');
    wake(cloud, 'deadline');
    const { timer } = context.timers.findLast((set) => set.timer.kind === 'deadline')!;
    cloud.wake(timer);
    result(cloud, 'a');
    cloud.endWork('slow');
    cloud.endWork('slower');
    expect(events('aggregated').at(-1)).toMatchObject({ vectors: 1, atDeadline: true });
    expect(state.collection.entries.map(({ sender }) => sender)).toEqual(['b', 'a']);
  });

  it('beyond its timeout closes below its quorum, and the next round has a timeout of its own', () => {
    const cloud = heldBack({ collect: { count: 2, distinct: false } }, 2);
    const { timer } = context.timers.findLast((set) => set.timer.kind === 'deadline')!;
    cloud.wake(timer);
    expect(events('aggregated')).toHaveLength(1);
    cloud.endWork('slow');
    cloud.endWork('slower');
    expect(events('aggregated')).toHaveLength(2);
    wake(cloud, 'aggregated');
    result(cloud, 'a');
    expect(events('aggregated')).toHaveLength(2);
  });

  it('beyond its timeout closes even with what was too few before', () => {
    const cloud = started(bound, { ...timeout, tooFew: 'wait' });
    result(cloud, 'a');
    wake(cloud, 'decide');
    wake(cloud, 'aggregated');
    result(cloud, 'a');
    context.skipped.add(context.timers.at(-1)!.needs!);
    wake(cloud, 'decide');
    expect(cloud.beginWork('slow', 0)).toBe(true);
    const { timer } = context.timers.findLast((set) => set.timer.kind === 'deadline')!;
    cloud.wake(timer);
    expect(events('held-back')).toHaveLength(1);
    cloud.endWork('slow');
    expect(events('aggregated').at(-1)).toMatchObject({ round: 2, atDeadline: true });
  });

  it('sends no reminder once it has closed', () => {
    const cloud = heldBack({ aggregationUsPerVector: 5000 });
    const { timer } = context.timers.findLast((set) => set.timer.kind === 'deadline')!;
    cloud.wake(timer);
    cloud.endWork('slow');
    cloud.endWork('slower');
    context.takeSent();
    context.takeTimers();
    cloud.wake(timer);
    expect(context.sent).toEqual([]);
    expect(context.timers).toEqual([]);
  });

  it('is not reminded by the timeout of a round before', () => {
    const cloud = heldBack();
    const deadlines = context.timers.filter(({ timer }) => timer.kind === 'deadline');
    cloud.wake(deadlines[1]!.timer);
    context.takeSent();
    cloud.wake(deadlines[0]!.timer);
    expect(context.sent).toEqual([]);
  });

  it('is not so when only less than its quorum has come', () => {
    const cloud = started(bound, { ...timeout, collect: { count: 2, distinct: true } });
    cloud.beginWork('slow', 0);
    result(cloud, 'a');
    result(cloud, 'b');
    wake(cloud, 'aggregated');
    result(cloud, 'a');
    expect(events('held-back')).toEqual([]);
    cloud.endWork('slow');
    expect(events('aggregated')).toHaveLength(1);
  });

  it('starts no child whose result its next version would make too old', () => {
    const cloud = started(bound, { ...timeout, aggregationUsPerVector: 10 });
    result(cloud, 'a');
    wake(cloud, 'aggregated');
    expect(cloud.beginWork('w', 0)).toBe(true);
    cloud.endWork('w');
    result(cloud, 'a');
    // It has closed: version 2 is on its way.
    expect(cloud.beginWork('w', 0)).toBe(false);
    expect(cloud.beginWork('w', 1)).toBe(true);
  });

  it('starts no child whose result the version that it tries to make would make too old', () => {
    const cloud = started(bound, { ...timeout, tooFew: 'wait' });
    result(cloud, 'a');
    wake(cloud, 'decide');
    wake(cloud, 'aggregated');
    result(cloud, 'a');
    expect(context.timers.at(-1)).toMatchObject({ timer: { kind: 'decide' } });
    expect(cloud.beginWork('w', 0)).toBe(false);
  });

  it('does not try again what was too few whenever a worker finishes', () => {
    const cloud = started(bound, { ...timeout, tooFew: 'wait' });
    cloud.beginWork('w', 0);
    result(cloud, 'a');
    context.skipped.add(context.timers.at(-1)!.needs!);
    wake(cloud, 'decide');
    cloud.endWork('w');
    expect(context.aggregations).toHaveLength(1);
    result(cloud, 'a');
    expect(context.aggregations).toHaveLength(2);
  });
});
