import { describe, expect, it } from 'vitest';
import { asynchronous, partiallyAsynchronous } from '#src/nodes/round-mode.js';
import type { ServerLayerSettings } from '#src/nodes/settings.js';
import { LoneServer, regionPlace } from './lone-server.ts';

/** An edge server with two workers in range, in asynchronous rounds. */
function edge(settings: Partial<ServerLayerSettings> = {}, workers = ['w', 'x']): LoneServer {
  const server = new LoneServer({ settings, workers, mode: asynchronous });
  // With which it would ask for a first model.
  server.context.takeTimers();
  return server;
}

/** The same with staleness bounded to that many versions. */
function bounded(maximumStaleness: number, settings: Partial<ServerLayerSettings> = {}) {
  const mode = partiallyAsynchronous(maximumStaleness, true);
  return new LoneServer({ settings, workers: ['w', 'x'], mode });
}

function opened({ context }: LoneServer): unknown[] {
  return context.journal.flatMap((event) =>
    event.type === 'round-opened' ? [[event.round, event.version, event.children]] : [],
  );
}

function staleness({ context }: LoneServer): unknown[] {
  return context.journal.flatMap((event) =>
    event.type === 'aggregated' ? [[event.version, event.staleness]] : [],
  );
}

describe('an edge server in asynchronous rounds', () => {
  it('opens its next round as soon as it has closed one, and sends its workers nothing', () => {
    const server = edge();
    server.open(7, 4);
    server.context.takeSent();
    server.deliver('w', 1, 4);
    server.node.childLeft('x');
    server.deliver('w', 1, 4);
    expect(opened(server)).toEqual([
      [1, 4, 2],
      [2, 4, 1],
    ]);
    expect(server.context.sent).toEqual([]);
    server.wake('aggregated');
    // The result is of the cloud's round in which its newest model came.
    expect(server.context.sent).toMatchObject([
      { to: 'cloud', message: { type: 'result', round: 7, version: 4, gradients: 2 } },
    ]);
  });

  it('takes what comes while it makes a result for the next one', () => {
    const server = edge({ aggregationUsPerVector: 1000 });
    server.open();
    for (const worker of ['w', 'x', 'w']) server.deliver(worker);
    expect(server.ends).toHaveLength(2);
    server.deliver('x');
    expect(server.context.aggregations.map(({ inputs }) => inputs.length)).toEqual([2, 2]);
    // Neither of the two has been sent on yet, and each vector says in which one it is.
    const ends = server.context.journal.filter(({ type }) => type === 'gradient-ended');
    expect(ends).toMatchObject(
      [0, 0, 1, 1].map((inResult) => ({ outcome: 'aggregated', inResult })),
    );
  });

  it('takes its count at a time of what came while it waited for its first model', () => {
    const workers = Array.from({ length: 8 }, (_, number) => `w${number}`);
    const server = edge({ collect: { count: 7, distinct: false } }, workers);
    for (const worker of [...workers, ...workers]) server.deliver(worker, 1, 0);
    expect(server.context.aggregations).toEqual([]);
    server.open(1, 0);
    expect(server.context.aggregations.map(({ inputs }) => inputs.length)).toEqual([7, 7]);
    expect(server.ends).toEqual(
      Array.from({ length: 14 }, (_, gradient) => [gradient, 'aggregated', undefined]),
    );
    expect(opened(server).map((each) => (each as number[])[0])).toEqual([1, 2, 3]);
    expect(server.state.collection.entries.map(({ id }) => id)).toEqual([14, 15]);
  });

  it('passes a newer model on to its workers and collects on, counting the staleness', () => {
    const server = edge({ collect: { count: 3, distinct: false } });
    server.open(1, 0);
    server.deliver('w', 1, 0);
    server.context.takeSent();
    server.open(2, 5);
    expect(server.takeSent()).toEqual([
      ['w', 'theta', 1],
      ['x', 'theta', 1],
    ]);
    server.deliver('x', 1, 3);
    server.deliver('x', 1, 5);
    expect(opened(server)).toEqual([
      [1, 0, 2],
      [2, 5, 2],
    ]);
    expect(server.context.aggregations[0]!.staleness).toEqual([5, 2, 0]);
    expect(staleness(server)).toEqual([[5, { mean: 7 / 3, maximum: 5 }]]);
    server.wake('aggregated');
    // Its oldest gradient says how old the result is.
    expect(server.context.sent).toMatchObject([
      { message: { type: 'result', round: 2, version: 0 } },
    ]);
  });

  it('calls nothing stale that was computed with a newer model than its own', () => {
    const server = edge({ collect: { count: 1, distinct: false } });
    server.open(1, 2);
    server.deliver('w', 1, 6);
    expect(server.context.aggregations[0]!.staleness).toEqual([0]);
  });

  it('keeps the newest model when an older one arrives after it', () => {
    const server = edge();
    server.open(3, 3);
    server.context.takeSent();
    server.open(2, 2);
    expect(server.context.sent).toEqual([]);
    expect(server.state.model).toMatchObject({ round: 3, version: 3 });
    expect(server.context.alive).toEqual({ [server.theta]: 2 });
    server.node.childJoined('y');
    expect(server.context.sent).toMatchObject([{ to: 'y', message: { version: 3 } }]);
  });

  it('sends the same model once more, in its own round, to those that may have missed it', () => {
    const server = edge();
    server.open(3, 3);
    server.deliver('w');
    server.deliver('w');
    server.context.takeSent();
    server.open(3, 3);
    expect(server.takeSent()).toEqual([
      ['w', 'theta', 2],
      ['x', 'theta', 2],
    ]);
    expect(server.context.alive).toMatchObject({ [server.theta]: 2 });
  });

  it('reports none at its deadline when it has too few, and collects on', () => {
    const server = edge({ deadlineUs: 1000, needed: 2, collect: { count: 3, distinct: false } });
    server.open();
    server.deliver('w');
    server.context.takeSent();
    server.wake('deadline');
    expect(server.ends).toEqual([[0, 'dropped', 'too-few']]);
    expect(server.takeSent()).toEqual([['cloud', 'no-result', 1]]);
    expect(opened(server)).toHaveLength(2);
    expect(server.context.timers).toMatchObject([{ timer: { kind: 'deadline', round: 2 } }]);
  });

  it('goes on at its deadlines when all workers have left, and takes in who comes then', () => {
    const server = edge({ deadlineUs: 1000, collect: { fraction: 0.5 } });
    server.open();
    server.node.childLeft('w');
    server.node.childLeft('x');
    for (let round = 1; round <= 3; round += 1) server.wake('deadline');
    expect(opened(server).map((each) => (each as number[])[2])).toEqual([2, 0, 0, 0]);
    server.context.takeSent();
    server.node.childJoined('y');
    expect(server.takeSent()).toEqual([['y', 'theta', 4]]);
    server.deliver('y', 4, 0);
    expect(server.context.aggregations).toHaveLength(1);
  });

  it('waits for different workers when only those count', () => {
    const server = edge({ collect: { count: 2, distinct: true } });
    server.open();
    server.deliver('w');
    server.deliver('w');
    expect(server.context.aggregations).toEqual([]);
    server.deliver('x');
    expect(server.context.aggregations[0]!.inputs).toHaveLength(3);
  });

  it('takes no more of one worker in one aggregation than its limit, and says when it closes', () => {
    const server = edge({ maxPerWorker: 1 });
    server.open();
    server.deliver('w');
    server.deliver('w');
    expect(server.ends).toEqual([[1, 'dropped', 'too-many']]);
    // Its model is no older than what it has sent, so it gets none.
    expect(server.context.takeSent()).toHaveLength(2);
    server.deliver('x');
    expect(server.takeSent()).toEqual([
      ['w', 'closed', 1],
      ['x', 'closed', 1],
    ]);
    server.deliver('w');
    expect(server.ends).toHaveLength(3);
    expect(server.context.admitted).toHaveLength(3);
  });

  it('keeps what is carried to it before it has a model', () => {
    const server = edge({ collect: { count: 1, distinct: false } });
    server.deliver('w', 9, 3);
    expect(server.ends).toEqual([]);
    server.open(6, 5);
    expect(server.context.aggregations[0]!.staleness).toEqual([2]);
    expect(server.state.collection.round).toBe(2);
  });

  it('asks for its first model, deadline after deadline, when that has not come', () => {
    const server = edge({ deadlineUs: 1000 }, []);
    expect(server.context.timers).toEqual([]);
    for (const worker of ['w', 'x']) server.node.childJoined(worker);
    expect(server.context.timers).toMatchObject([{ node: 'a', delayUs: 1000 }]);
    server.wake('deadline');
    server.wake('deadline');
    const asks = { from: 'a', to: 'cloud', message: { type: 'no-result', round: 0 } };
    expect(server.context.takeSent()).toEqual([asks, asks]);
    expect(server.types).toEqual([]);
    server.open();
    server.context.takeSent();
    server.wake('deadline');
    expect(server.context.sent).toEqual([]);
    expect(server.context.timers).toMatchObject([{ timer: { kind: 'deadline', round: 1 } }]);
  });
});

describe('an edge server with bounded staleness', () => {
  it('refuses what is older than the bound, and sends its newest model back', () => {
    const server = bounded(2);
    server.open(9, 8);
    server.context.takeSent();
    server.deliver('w', 1, 5);
    expect(server.ends).toEqual([[0, 'dropped', 'stale']]);
    expect(server.context.sent).toMatchObject([
      { to: 'w', message: { type: 'theta', version: 8 } },
    ]);
    server.deliver('w', 1, 6);
    expect(server.ends).toHaveLength(1);
    expect(server.context.admitted).toHaveLength(1);
  });

  it('drops what a newer model makes too old, and waits for others in its place', () => {
    const server = bounded(2);
    server.open(1, 0);
    server.deliver('w', 1, 0);
    server.open(4, 3);
    expect(server.ends).toEqual([[0, 'dropped', 'stale']]);
    server.deliver('w', 1, 3);
    expect(server.context.aggregations).toEqual([]);
    server.deliver('x', 1, 1);
    expect(server.context.aggregations[0]!.staleness).toEqual([0, 2]);
  });

  it('drops what is too old by the first model that it gets', () => {
    const server = bounded(1, { collect: { count: 1, distinct: false } });
    server.deliver('w', 1, 0);
    server.open(3, 2);
    expect(server.ends).toEqual([[0, 'dropped', 'stale']]);
    expect(server.context.alive).toEqual({ [server.theta]: 2 });
  });
});

describe('an attempt that a newer model overtakes', () => {
  const waiting = { tooFew: 'wait', deadlineUs: 30_000_000 } as const;

  it('is made again, with the staleness and the vectors of that time', () => {
    const server = bounded(2, { ...waiting, collect: { count: 2, distinct: false } });
    server.open(1, 0);
    server.deliver('w', 1, 0);
    server.deliver('x', 1, 1);
    const [first] = server.context.timers.filter(({ timer }) => timer.kind === 'decide');
    server.deliver('w', 1, 1);
    server.open(4, 3);
    expect(server.context.aggregations.map((request) => request.staleness)).toEqual([
      [0, 0],
      [2, 2],
    ]);
    // The numbers of the first one say nothing about the second, which are not there yet.
    server.wake('decide');
    expect(server.types).not.toContain('aggregated');
    const second = server.wake('decide');
    expect(second.needs).not.toBe(first!.needs);
    expect(server.context.stands).toEqual([['a', second.needs]]);
    expect(staleness(server)).toEqual([[3, { mean: 2, maximum: 2 }]]);
  });

  it('is not made again for the same model', () => {
    const server = bounded(2, waiting);
    server.open(1, 0);
    server.deliver('w', 1, 0);
    server.deliver('x', 1, 0);
    server.open(1, 0);
    expect(server.context.aggregations).toHaveLength(1);
    server.wake('decide');
    expect(server.types).toContain('aggregated');
  });

  it('is not repeated with the vectors that were too few before', () => {
    const server = bounded(3, waiting);
    server.open(1, 0);
    server.deliver('w', 1, 0);
    server.deliver('x', 1, 0);
    server.context.skipped.add(server.context.timers.at(-1)!.needs!);
    server.wake('decide');
    server.open(2, 1);
    expect(server.context.aggregations).toHaveLength(1);
    server.deliver('x', 1, 1);
    expect(server.context.aggregations[1]!.staleness).toEqual([1, 1, 0]);
  });

  it('that was in vain says nothing about the next round', () => {
    const server = bounded(3, waiting);
    // With which it would ask for a first model.
    server.context.takeTimers();
    server.open();
    server.deliver('w');
    server.deliver('x');
    server.context.skipped.add(server.context.timers.at(-1)!.needs!);
    server.wake('decide');
    server.wake('deadline');
    expect(server.types.filter((type) => type === 'aggregated')).toHaveLength(1);
    server.deliver('w');
    server.deliver('x');
    expect(server.context.aggregations).toHaveLength(3);
  });

  it('leaves what came during it for the next round when it stands', () => {
    const server = bounded(2, waiting);
    server.open();
    for (const worker of ['w', 'x', 'w']) server.deliver(worker);
    server.wake('decide');
    expect(server.ends.map((end) => (end as string[])[1])).toEqual(['aggregated', 'aggregated']);
    server.deliver('x');
    expect(server.context.aggregations.map(({ inputs }) => inputs.length)).toEqual([2, 2]);
  });
});

describe('a server above others in asynchronous rounds', () => {
  function region(settings: Partial<ServerLayerSettings> = {}): LoneServer {
    const one = { collect: { count: 1, distinct: false }, ...settings };
    return new LoneServer({ settings: one, place: regionPlace, mode: asynchronous });
  }

  it('passes every result on, as old as its oldest gradient, and every new model down', () => {
    const server = region();
    server.open(1, 4);
    expect(server.takeSent()).toEqual([
      ['a', 'theta', 1],
      ['b', 'theta', 1],
    ]);
    server.deliverResult('b', 40, 10, { round: 1, version: 2 });
    server.wake('aggregated');
    expect(server.context.takeSent()).toMatchObject([
      { to: 'cloud', message: { type: 'result', round: 1, version: 2, gradients: 10 } },
    ]);
    server.open(2, 5);
    expect(server.takeSent()).toEqual([
      ['a', 'theta', 2],
      ['b', 'theta', 2],
    ]);
    expect(server.context.journal).toContainEqual({
      type: 'result-ended',
      result: 40,
      server: 'b',
      parent: 'r',
      outcome: 'aggregated',
      inResult: 0,
      staleness: 2,
    });
  });

  it('answers a report of none with its model, and does not count it', () => {
    const server = region({ collect: 'all' });
    server.open(3, 2);
    server.context.takeSent();
    server.deliverResult('b', 40);
    server.node.receive('a', { type: 'no-result', round: 1 });
    expect(server.takeSent()).toEqual([['a', 'theta', 1]]);
    expect(server.context.aggregations).toEqual([]);
    server.deliverResult('a', 41);
    expect(server.context.aggregations[0]!.inputs).toHaveLength(2);
  });

  it('waits for all its children, however many results one of them sends', () => {
    const server = region({ collect: 'all' });
    server.open();
    for (const id of [40, 41, 42]) server.deliverResult('b', id);
    expect(server.context.aggregations).toEqual([]);
    server.deliverResult('a', 43);
    expect(server.context.aggregations[0]!.inputs).toHaveLength(4);
  });

  it('leaves it to the cloud to say what is late', () => {
    const settings = { collect: { count: 1, distinct: false } } as const;
    const mode = partiallyAsynchronous(4, false);
    const server = new LoneServer({ settings, place: regionPlace, mode });
    server.open();
    for (const id of [40, 41, 42]) server.deliverResult('a', id, 1, { round: 1 });
    expect(server.context.aggregations).toHaveLength(3);
  });

  it('asks for a model when a child asks, and passes it on', () => {
    const server = region();
    server.node.receive('a', { type: 'no-result', round: 0 });
    expect(server.takeSent()).toEqual([['cloud', 'no-result', 0]]);
    server.open();
    expect(server.takeSent()).toEqual([
      ['a', 'theta', 1],
      ['b', 'theta', 1],
    ]);
  });
});
