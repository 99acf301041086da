import { describe, expect, it } from 'vitest';
import type { ServerLayerSettings } from '#src/nodes/settings.js';
import { LoneServer } from './lone-server.ts';

/** An edge server with these workers in range. */
function edge(settings: Partial<ServerLayerSettings> = {}, workers = ['w', 'x', 'y']): LoneServer {
  return new LoneServer({ settings, workers });
}

describe('an edge server', () => {
  it('hands a new model to every worker in range and opens its round', () => {
    const server = edge();
    server.open();
    const message = { type: 'theta', round: 1, version: 0, value: server.theta };
    expect(server.context.sent).toEqual(['w', 'x', 'y'].map((to) => ({ from: 'a', to, message })));
    expect(server.context.journal).toEqual([
      { type: 'round-opened', server: 'a', round: 1, version: 0, children: 3 },
    ]);
  });

  it('closes at its count: aggregates, informs the workers and sends the result up', () => {
    const server = edge();
    server.open();
    server.context.takeSent();
    const first = server.deliver('w');
    expect(server.context.aggregations).toEqual([]);
    const second = server.deliver('w');
    expect(server.context.aggregations).toEqual([
      {
        server: 'a',
        layer: 'edge',
        aggregation: 0,
        inputs: [first, second],
        senders: [0, 0],
        reference: null,
        weights: null,
        byzantine: [false, false],
        staleness: [0, 0],
      },
    ]);
    expect(server.context.admitted).toEqual([first, second]);
    expect(server.context.journal.at(1)).toEqual({
      type: 'aggregated',
      server: 'a',
      layer: 'edge',
      round: 1,
      version: 0,
      result: 0,
      vectors: 2,
      senders: 1,
      byzantine: 0,
      byzantineSenders: 0,
      declaredF: 0,
      atDeadline: false,
      staleness: { mean: 0, maximum: 0 },
    });
    expect(server.ends).toEqual([
      [0, 'aggregated', undefined],
      [1, 'aggregated', undefined],
    ]);
    const closed = { type: 'closed', round: 1 };
    expect(server.context.takeSent()).toEqual(
      ['w', 'x', 'y'].map((to) => ({ from: 'a', to, message: closed })),
    );
    server.wake('aggregated');
    expect(server.context.sent).toMatchObject([
      { from: 'a', to: 'cloud', message: { type: 'result', round: 1, result: 0, gradients: 2 } },
    ]);
    // The values left are the model, which the test owns, and the last aggregate: the rule's state.
    expect(server.context.alive).toEqual({ [server.theta]: 1, [server.context.stands[0]![1]]: 1 });
  });

  it('takes its time to aggregate before it sends the result', () => {
    const server = edge({ aggregationUsPerVector: 250 });
    server.open();
    server.context.takeSent();
    server.deliver('w');
    server.deliver('x');
    expect(server.context.sent.filter(({ to }) => to === 'cloud')).toEqual([]);
    expect(server.context.timers).toMatchObject([{ delayUs: 500, timer: { kind: 'aggregated' } }]);
  });

  it('closes at a share of the workers that were in range when the round opened', () => {
    const server = edge({ collect: { fraction: 0.5 } }, ['v', 'w', 'x', 'y', 'z']);
    server.open();
    for (const worker of ['v', 'w', 'x', 'y']) server.node.childLeft(worker);
    server.deliver('z');
    server.deliver('z');
    expect(server.types).not.toContain('aggregated');
    // Half of five workers are three vectors at least.
    server.deliver('z');
    expect(server.types).toContain('aggregated');
  });

  it('waits for 7 of 100 workers at a share of 0.07, of which the product in binary is above 7', () => {
    const workers = Array.from({ length: 100 }, (_, index) => `w${index}`);
    const server = edge({ collect: { fraction: 0.07 } }, workers);
    server.open();
    for (const worker of workers.slice(0, 7)) server.deliver(worker);
    expect(server.context.aggregations.map(({ inputs }) => inputs.length)).toEqual([7]);
  });

  it('waits for at least one vector when no worker was in range', () => {
    const server = edge({ collect: { fraction: 0.5 } }, []);
    server.open();
    expect(server.types).toEqual(['round-opened']);
    server.node.childJoined('w');
    server.deliver('w');
    expect(server.types).toContain('aggregated');
  });

  it('aggregates what it has at its deadline when that is enough for the rule', () => {
    const server = edge({
      collect: { count: 5, distinct: false },
      deadlineUs: 30_000_000,
      needed: 2,
    });
    server.open();
    expect(server.context.timers).toMatchObject([
      { delayUs: 30_000_000, timer: { kind: 'deadline' } },
    ]);
    server.deliver('w');
    server.deliver('x');
    server.wake('deadline');
    expect(server.context.journal).toContainEqual(
      expect.objectContaining({ type: 'aggregated', vectors: 2, senders: 2, atDeadline: true }),
    );
  });

  it('reports none at its deadline when it has less than the rule needs', () => {
    const server = edge({
      collect: { count: 5, distinct: false },
      deadlineUs: 30_000_000,
      needed: 3,
    });
    server.open();
    server.deliver('w');
    server.deliver('x');
    server.context.takeSent();
    server.wake('deadline');
    expect(server.context.journal).toContainEqual({
      type: 'no-result',
      server: 'a',
      round: 1,
      vectors: 2,
      needed: 3,
      policy: 'skip',
    });
    expect(server.ends).toEqual([
      [0, 'dropped', 'too-few'],
      [1, 'dropped', 'too-few'],
    ]);
    expect(server.context.sent[0]).toEqual({
      from: 'a',
      to: 'cloud',
      message: { type: 'no-result', round: 1 },
    });
    expect(server.context.alive).toEqual({ [server.theta]: 1 });
  });

  it('does not mind the deadline of a round that it has closed', () => {
    const server = edge({ deadlineUs: 1000 });
    server.open();
    server.deliver('w');
    server.deliver('w');
    server.context.takeJournal();
    server.wake('deadline');
    expect(server.context.journal).toEqual([]);
  });

  it('drops what comes after it has closed, or from another round, as late', () => {
    const server = edge();
    server.open(2);
    server.deliver('w', 1);
    server.deliver('w', 2);
    server.deliver('w', 2);
    server.deliver('w', 2);
    expect(server.ends).toEqual([
      [0, 'dropped', 'late'],
      [1, 'aggregated', undefined],
      [2, 'aggregated', undefined],
      [3, 'dropped', 'late'],
    ]);
    expect(server.context.admitted).toHaveLength(2);
  });

  it('takes no more of one worker than its limit, though some may be carried to it', () => {
    const server = edge({ maxPerWorker: 1 });
    server.open();
    server.deliver('w');
    server.deliver('w');
    expect(server.ends).toEqual([[1, 'dropped', 'too-many']]);
    server.deliver('x');
    expect(server.ends).toHaveLength(3);
  });

  it('gives the model to a worker that arrives while it collects, and not after that', () => {
    const server = edge({}, ['w']);
    server.open();
    server.context.takeSent();
    server.node.childJoined('x');
    expect(server.context.takeSent()).toMatchObject([
      { to: 'x', message: { type: 'theta', round: 1 } },
    ]);
    server.deliver('w');
    server.deliver('w');
    server.context.takeSent();
    server.node.childJoined('y');
    expect(server.context.sent).toEqual([]);
    server.open(2);
    expect(server.context.sent.map(({ to }) => to)).toEqual(['w', 'x', 'y']);
  });

  it('has nothing to say to a worker that has left', () => {
    const server = edge();
    server.node.childLeft('x');
    server.open();
    expect(server.context.sent.map(({ to }) => to)).toEqual(['w', 'y']);
  });

  it('drops what it has collected when the next model comes first', () => {
    const server = edge();
    server.open();
    server.deliver('w');
    server.open(2);
    expect(server.ends).toEqual([[0, 'dropped', 'round-closed']]);
    expect(server.types).toEqual(['round-opened', 'gradient-ended', 'round-opened']);
    expect(server.context.alive).toEqual({ [server.theta]: 2 });
  });

  it('counts as Byzantine what was so when it was sent, and says so at its end', () => {
    const server = edge({ byzantineSenders: { scope: 'global', ids: ['x'] } });
    server.open();
    server.deliver('x', 1, 0, true);
    server.deliver('w');
    expect(server.context.streamNames).toEqual([]);
    const ends = server.context.journal.filter(({ type }) => type === 'gradient-ended');
    expect(ends.map((end) => 'byzantine' in end)).toEqual([true, false]);
    expect(server.context.aggregations[0]!.byzantine).toEqual([true, false]);
    expect(server.context.journal).toContainEqual(
      expect.objectContaining({ type: 'aggregated', byzantine: 1, byzantineSenders: 1 }),
    );
  });

  it('counts a Byzantine worker once that sent several vectors', () => {
    const server = edge({
      collect: { count: 4, distinct: false },
      byzantineSenders: { scope: 'global', ids: ['x'] },
    });
    server.open();
    for (const worker of ['x', 'w', 'x', 'x']) server.deliver(worker, 1, 0, worker === 'x');
    expect(server.context.journal.find(({ type }) => type === 'aggregated')).toMatchObject({
      vectors: 4,
      senders: 2,
      byzantine: 3,
      byzantineSenders: 1,
    });
  });

  it('draws `count` Byzantine vectors at each aggregation, of any sender', () => {
    const settings = { scope: 'per-aggregation', count: 1 } as const;
    const server = edge({ byzantineSenders: settings });
    for (let round = 1; round <= 20; round += 1) {
      server.open(round);
      server.deliver('w', round, round - 1, true);
      server.deliver('x', round, round - 1, true);
    }
    const who = server.context.aggregations.map(({ byzantine }) => byzantine.indexOf(true));
    expect(new Set(who)).toEqual(new Set([0, 1]));
    for (const { byzantine } of server.context.aggregations) {
      expect(byzantine.filter(Boolean)).toHaveLength(1);
    }
    expect(server.context.streamNames).toEqual(['faulty/a']);
  });
});
