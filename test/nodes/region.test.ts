import { describe, expect, it } from 'vitest';
import type { ServerLayerSettings } from '#src/nodes/settings.js';
import { LoneServer, regionPlace } from './lone-server.ts';

/** A server above two others, which has opened its first round. */
function region(settings: Partial<ServerLayerSettings> = {}): LoneServer {
  const server = new LoneServer({ settings: { collect: 'all', ...settings }, place: regionPlace });
  server.open();
  return server;
}

describe('a server above other servers', () => {
  it('passes the model on to its child servers', () => {
    const server = region();
    expect(server.context.sent.map(({ from, to }) => [from, to])).toEqual([
      ['r', 'a'],
      ['r', 'b'],
    ]);
    expect(server.context.journal).toMatchObject([
      { type: 'round-opened', server: 'r', children: 2 },
    ]);
  });

  it('closes when every child has answered, and counts the gradients inside', () => {
    const server = region();
    server.context.takeSent();
    server.deliverResult('b', 40, 10);
    expect(server.types).toEqual(['round-opened']);
    server.deliverResult('a', 41, 7);
    expect(server.context.journal).toContainEqual({
      type: 'result-ended',
      result: 40,
      server: 'b',
      parent: 'r',
      outcome: 'aggregated',
      inResult: 0,
      staleness: 0,
    });
    server.wake('aggregated');
    expect(server.context.sent).toMatchObject([
      { from: 'r', to: 'cloud', message: { type: 'result', gradients: 17 } },
    ]);
  });

  it('takes a report of none for an answer', () => {
    const server = region();
    server.node.receive('a', { type: 'no-result', round: 1 });
    server.deliverResult('b', 40, 10);
    expect(server.context.aggregations[0]!.inputs).toHaveLength(1);
    expect(server.context.journal).toContainEqual(
      expect.objectContaining({ type: 'aggregated', vectors: 1 }),
    );
  });

  it('waits no longer when every child has answered, since nothing more can come', () => {
    const server = region({ tooFew: 'wait', deadlineUs: 30_000_000 });
    server.deliverResult('a', 40, 10);
    server.deliverResult('b', 41, 10);
    expect(server.types).toContain('aggregated');
    expect(server.context.timers.map(({ timer }) => timer.kind)).toEqual([
      'deadline',
      'aggregated',
    ]);
  });

  it('reports none itself when no child has a result', () => {
    const server = region();
    server.context.takeSent();
    server.node.receive('a', { type: 'no-result', round: 1 });
    server.node.receive('b', { type: 'no-result', round: 1 });
    expect(server.context.sent).toEqual([
      { from: 'r', to: 'cloud', message: { type: 'no-result', round: 1 } },
    ]);
  });
});
