import { describe, expect, it } from 'vitest';
import type { ServerLayerSettings } from '#src/nodes/settings.js';
import { LoneServer } from './lone-server.ts';

/** An edge server with workers in range. */
function edge(settings: Partial<ServerLayerSettings>): LoneServer {
  return new LoneServer({ settings, workers: ['w', 'x', 'y'] });
}

describe('an edge server that waits when too few finite vectors are left', () => {
  const waiting = { tooFew: 'wait', deadlineUs: 30_000_000 } as const;

  function tried(server: LoneServer): number {
    const { timer, needs } = server.context.timers.find((set) => set.timer.kind === 'decide')!;
    expect(timer.kind).toBe('decide');
    expect(server.context.sent.filter(({ to }) => to === 'cloud')).toEqual([]);
    expect(server.types).not.toContain('aggregated');
    server.wake('decide');
    return needs!;
  }

  it('closes when the numbers say that enough are left', () => {
    const server = edge(waiting);
    server.open();
    server.deliver('w');
    server.deliver('x');
    const attempt = tried(server);
    expect(server.context.stands).toEqual([['a', attempt]]);
    expect(server.context.journal).toContainEqual(
      expect.objectContaining({ type: 'aggregated', vectors: 2, atDeadline: false }),
    );
    expect(server.context.journal[1]).not.toHaveProperty('policy');
  });

  it('takes its attempt back otherwise and goes on with the next vector', () => {
    const server = edge(waiting);
    server.open();
    const first = server.deliver('w');
    const second = server.deliver('x');
    server.context.skipped.add(
      server.context.timers.find(({ needs }) => needs !== undefined)!.needs!,
    );
    tried(server);
    expect(server.types).toEqual(['round-opened']);
    expect(server.context.stands).toEqual([]);
    const third = server.deliver('y');
    tried(server);
    expect(
      server.context.aggregations.map(({ aggregation, inputs }) => [aggregation, inputs]),
    ).toEqual([
      [0, [first, second]],
      [1, [first, second, third]],
    ]);
    expect(server.context.journal[1]).toMatchObject({ type: 'aggregated', policy: 'wait' });
    expect(server.ends).toEqual([0, 1, 2].map((gradient) => [gradient, 'aggregated', undefined]));
    server.wake('aggregated');
    expect(server.context.alive).toEqual({ [server.theta]: 1, [server.context.stands[0]![1]]: 1 });
  });

  it('tries at once again when a vector came in while it waited for the numbers', () => {
    const server = edge(waiting);
    server.open();
    server.deliver('w');
    server.deliver('x');
    server.context.skipped.add(
      server.context.timers.find(({ needs }) => needs !== undefined)!.needs!,
    );
    server.deliver('y');
    expect(server.context.aggregations).toHaveLength(1);
    tried(server);
    expect(server.context.aggregations).toHaveLength(2);
    tried(server);
    expect(server.context.journal).toContainEqual(
      expect.objectContaining({ type: 'aggregated', vectors: 3 }),
    );
  });

  it('drops what came in while it waited as late when the attempt stands', () => {
    const server = edge(waiting);
    server.open();
    server.deliver('w');
    server.deliver('x');
    server.deliver('y');
    tried(server);
    expect(server.ends).toEqual([
      [0, 'aggregated', undefined],
      [1, 'aggregated', undefined],
      [2, 'dropped', 'late'],
    ]);
  });

  it('aggregates what it has at its deadline, whatever comes of it', () => {
    const server = edge(waiting);
    server.open();
    server.deliver('w');
    server.deliver('x');
    server.wake('deadline');
    expect(server.context.journal).toContainEqual(
      expect.objectContaining({ type: 'aggregated', vectors: 2, atDeadline: true }),
    );
    server.context.takeJournal();
    server.wake('decide');
    expect(server.context.journal).toEqual([]);
    server.wake('aggregated');
    expect(server.context.alive).toEqual({ [server.theta]: 1, [server.context.stands[0]![1]]: 1 });
  });

  it('does not wait without a deadline, which would be for ever', () => {
    const server = edge({ tooFew: 'wait', deadlineUs: null, needed: 3 });
    server.open();
    server.deliver('w');
    server.deliver('x');
    expect(server.types.slice(0, 2)).toEqual(['round-opened', 'no-result']);
  });

  it('goes on collecting when it has less than the rule needs, until its deadline', () => {
    const server = edge({ ...waiting, needed: 3 });
    server.open();
    server.deliver('w');
    server.deliver('x');
    expect(server.types).toEqual(['round-opened']);
    expect(server.context.aggregations).toEqual([]);
    server.wake('deadline');
    expect(server.types.slice(0, 2)).toEqual(['round-opened', 'no-result']);
    expect(server.context.journal[1]).toMatchObject({ vectors: 2, needed: 3, policy: 'wait' });
  });

  it('tries again in the next round with as many as were too few in the last one', () => {
    const server = edge(waiting);
    server.open();
    server.deliver('w');
    server.deliver('x');
    server.context.skipped.add(server.context.timers.at(-1)!.needs!);
    tried(server);
    server.wake('deadline');
    server.open(2);
    server.deliver('w', 2);
    server.deliver('x', 2);
    expect(server.context.aggregations).toHaveLength(3);
    while (server.context.timers.some(({ timer }) => timer.kind === 'decide'))
      server.wake('decide');
    // The second round has not had to wait.
    const closed = server.context.journal.filter(({ type }) => type === 'aggregated');
    expect(closed.map((event) => 'policy' in event)).toEqual([true, false]);
  });
});
