import { describe, expect, it } from 'vitest';
import { Cloud, newCloud } from '#src/nodes/cloud.js';
import { asynchronous, synchronous } from '#src/nodes/round-mode.js';
import { FakeContext, roundOf } from './fake-context.ts';
import { LoneServer, regionPlace } from './lone-server.ts';
import { cloudPlace, cloudSettings, layer } from './places.ts';

const settings = { collect: { count: 3, distinct: false }, deadlineUs: 4_000_000 };

function crash(server: LoneServer, state: 'lost' | 'kept'): void {
  const timers = server.context.takeTimers().map(({ timer }) => timer);
  server.node.crash(state, timers);
}

/** An edge that has collected gradients 0 and 1 of the three that it wants. */
function collecting(mode = synchronous): LoneServer {
  const server = new LoneServer({ settings, workers: ['w', 'x'], mode });
  server.open();
  server.deliver('w');
  server.deliver('x');
  server.takeSent();
  return server;
}

describe.each([
  ['synchronous', synchronous],
  ['out of step', asynchronous],
])('an edge %s', (_, mode) => {
  it('loses what it collected and its model with its state, and asks for the newest', () => {
    const server = collecting(mode);
    crash(server, 'lost');
    expect(server.ends).toEqual([
      [0, 'dropped', 'crashed'],
      [1, 'dropped', 'crashed'],
    ]);
    expect(server.context.alive).toEqual({ [server.theta]: 1 });
    server.node.recover();
    expect(server.takeSent()).toEqual([['cloud', 'no-result', 0]]);
    // The same model once more: a new beginning with the workers present.
    server.node.childLeft('x');
    server.open();
    const round = mode.isSynchronous ? 1 : 2;
    expect(server.takeSent()).toEqual([['w', 'theta', round]]);
    expect(server.context.journal.at(-1)).toMatchObject({
      type: 'round-opened',
      round,
      children: 1,
    });
    for (const worker of ['w', 'w', 'w']) server.deliver(worker);
    expect(server.context.journal.findLast(({ type }) => type === 'aggregated')).toMatchObject({
      round,
      vectors: 3,
    });
  });

  it('goes on where it was with its state kept, and its round gets its whole time again', () => {
    const server = collecting(mode);
    crash(server, 'kept');
    server.node.childJoined('y');
    expect(server.takeSent()).toEqual([]);
    server.node.recover();
    expect(server.ends).toEqual([]);
    expect(server.takeSent()).toEqual([
      ['cloud', 'no-result', 0],
      ['w', 'theta', 1],
      ['x', 'theta', 1],
      ['y', 'theta', 1],
    ]);
    expect(server.context.timers).toMatchObject([
      { delayUs: 4_000_000, timer: { kind: 'deadline', round: 1 } },
    ]);
    // The cloud's answer changes nothing.
    server.open();
    expect(server.types.filter((type) => type === 'round-opened')).toHaveLength(1);
    server.deliver('y');
    expect(server.context.aggregations).toHaveLength(1);
    expect(server.context.aggregations[0]!.inputs).toHaveLength(3);
  });

  it.each(['lost', 'kept'] as const)(
    'loses the result whose time to aggregate was not over (state %s), and does not send it',
    (state) => {
      const server = collecting(mode);
      server.deliver('w');
      crash(server, state);
      expect(server.context.journal.at(-1)).toEqual({
        type: 'result-ended',
        result: 0,
        server: 'a',
        parent: 'cloud',
        outcome: 'dropped',
        reason: 'crashed',
      });
      server.takeSent();
      server.node.recover();
      expect(server.takeSent()[0]).toEqual(['cloud', 'no-result', 0]);
      // A synchronous cloud still waits, and its answer opens the round again.
      server.open();
      const rounds = server.context.journal.flatMap((event) =>
        event.type === 'round-opened' ? [event.round] : [],
      );
      expect(rounds).toEqual(mode.isSynchronous ? [1, 1] : state === 'lost' ? [1, 2, 3] : [1, 2]);
    },
  );
});

it('a synchronous edge that had sent its result does not open that round once more', () => {
  const server = collecting();
  server.deliver('w');
  server.wake('aggregated');
  crash(server, 'lost');
  server.node.recover();
  server.open();
  expect(server.types.filter((type) => type === 'round-opened')).toHaveLength(1);
  server.open(2);
  expect(server.types.filter((type) => type === 'round-opened')).toHaveLength(2);
});

it('out of step it asks again when its question or the answer was lost', () => {
  const server = collecting(asynchronous);
  crash(server, 'lost');
  server.node.recover();
  server.takeSent();
  server.wake('deadline');
  expect(server.takeSent()).toEqual([['cloud', 'no-result', 0]]);
  server.wake('deadline');
  expect(server.takeSent()).toEqual([['cloud', 'no-result', 0]]);
  server.open();
  server.context.takeSent();
  // The timer to ask, which was set before.
  server.wake('deadline');
  expect(server.takeSent()).toEqual([]);
});

it("loses its rule's state with its memory alone", () => {
  for (const state of ['lost', 'kept'] as const) {
    const server = collecting();
    server.deliver('w');
    server.wake('aggregated');
    const owned = Object.keys(server.context.alive).length;
    crash(server, state);
    // The last aggregate, which holds it.
    const left = Object.keys(server.context.alive).length;
    expect(owned - left).toBe(state === 'lost' ? 1 : 0);
  }
});

it('a server above it and the cloud answer a synchronous edge that has recovered, while they collect', () => {
  const ask = { type: 'no-result', round: 0 } as const;
  const region = new LoneServer({ place: regionPlace, settings: { collect: 'all' } });
  region.node.receive('a', ask);
  expect(region.takeSent()).toEqual([]);
  region.open();
  region.takeSent();
  region.node.receive('b', ask);
  expect(region.takeSent()).toEqual([['b', 'theta', 1]]);

  const context = new FakeContext();
  const cloud = new Cloud(
    newCloud('cloud', context.value()),
    cloudPlace,
    layer({ collect: 'all' }),
    cloudSettings,
    synchronous,
    context,
  );
  cloud.start();
  context.takeSent();
  cloud.receive('b', ask);
  expect(context.takeSent().map(({ to, message }) => [to, message.type, roundOf(message)])).toEqual(
    [['b', 'theta', 1]],
  );
  // One that is only late, as ever, waits for the next round.
  cloud.receive('a', { type: 'no-result', round: 7 });
  expect(context.takeSent()).toEqual([]);
});
