import { expect, test } from 'vitest';
import {
  ByzantineNodes,
  type LiarsSettings,
  type LiarsState,
  newLiars,
} from '#src/faults/byzantine-nodes.js';
import type { FaultySettings } from '#src/faults/faulty.js';
import { openStream } from '#src/simulation/random.js';

/** ByzantineNodes of one layer, who they turned into, and the streams that were drawn from. */
function watched(who: FaultySettings, limits: Partial<LiarsSettings> = {}, state = newLiars()) {
  const turns: string[] = [];
  const streams = new Map<string, ReturnType<typeof openStream>>();
  const chanceAt = (server: string) => {
    const stream = streams.get(server) ?? openStream(1, server);
    streams.set(server, stream);
    return stream;
  };
  const settings = {
    who,
    fixed: new Set<string>(),
    kind: null,
    inRegion: false,
    fromUs: 0,
    untilUs: null,
    ...limits,
  };
  const liars = new ByzantineNodes(settings, state, chanceAt, ({ node, server, faulty }) => {
    turns.push(`${faulty ? '+' : '-'}${node}${server === null ? '' : `@${server}`}`);
  });
  return { liars, turns, state, streams };
}

const near = (state: LiarsState, server: string) =>
  state.near.get(server)!.filter((node) => state.faulty.has(node));

test('fixed nodes lie all the time without a word', () => {
  const { liars, turns } = watched({ scope: 'global', count: 1 }, { fixed: new Set(['b']) });
  liars.switchTo(true);
  expect(['a', 'b'].map((node) => liars.mayBeByzantine(node))).toEqual([false, true]);
  expect(turns).toEqual([]);
});

test('fixed nodes with a limited time lie from its beginning to its end', () => {
  const { liars, turns } = watched(
    { scope: 'global', count: 1 },
    { fixed: new Set(['b']), fromUs: 5, untilUs: 7 },
  );
  expect(liars.mayBeByzantine('b')).toBe(false);
  liars.switchTo(true);
  expect([liars.mayBeByzantine('a'), liars.mayBeByzantine('b')]).toEqual([false, true]);
  liars.switchTo(false);
  expect(liars.mayBeByzantine('b')).toBe(false);
  expect(turns).toEqual(['+b', '-b']);
});

test('a fixed slot lies only while it stands for the kind, inside the region', () => {
  const { liars, turns } = watched(
    { scope: 'global', count: 1 },
    { fixed: new Set(['b']), kind: 'car', inRegion: true },
  );
  liars.switchTo(true);
  liars.becomes('b', 'car', null);
  expect(liars.mayBeByzantine('b')).toBe(false);
  liars.crosses('b', true, null);
  expect(liars.mayBeByzantine('b')).toBe(true);
  liars.crosses('b', false, null);
  liars.becomes('b', null, null);
  liars.becomes('b', 'pedestrian', null);
  liars.crosses('b', true, null);
  expect(liars.mayBeByzantine('b')).toBe(false);
  expect(turns).toEqual(['+b', '-b']);
});

test('near a server so many lie as the count says, and who goes is replaced by one present', () => {
  const { liars, turns, state, streams } = watched({ scope: 'local', count: 2 });
  liars.switchTo(true);
  for (const node of ['a', 'b', 'c', 'd']) liars.moves(node, null, 's');
  // The first two were all there were when they came.
  expect(turns).toEqual(['+a@s', '+b@s']);
  liars.moves('c', 's', null);
  expect(turns).toHaveLength(2);
  liars.moves('a', 's', null);
  expect(turns.slice(2)).toEqual(['-a@s', '+d@s']);
  expect(liars.mayBeByzantine('a')).toBe(false);
  liars.moves('b', 's', 't');
  // Nobody honest is left at s, and at t it is the only one.
  expect(turns.slice(4)).toEqual(['-b@s', '+b@t']);
  expect([near(state, 's'), near(state, 't')]).toEqual([['d'], ['b']]);
  expect([...streams.keys()].sort()).toEqual(['s', 't']);
});

test('who takes the place of one that has gone is drawn evenly among the honest', () => {
  const times = new Map<string, number>();
  const { liars, turns } = watched({ scope: 'local', count: 1 });
  liars.switchTo(true);
  liars.moves('first', null, 's');
  for (const node of ['a', 'b', 'c', 'd']) liars.moves(node, null, 's');
  let lying = 'first';
  for (let draw = 0; draw < 4000; draw += 1) {
    liars.moves(lying, 's', null);
    const next = turns.at(-1)!.slice(1, -2);
    times.set(next, (times.get(next) ?? 0) + 1);
    liars.moves(lying, null, 's');
    lying = next;
  }
  // Five nodes in turn: 800 expected of each, with a standard deviation below 26.
  expect(times.size).toBe(5);
  for (const count of times.values()) expect(Math.abs(count - 800)).toBeLessThan(130);
});

test('a share near a server follows how many are there, both ways', () => {
  const { liars, turns, state } = watched({ scope: 'local', fraction: 0.5 });
  liars.switchTo(true);
  const counts = ['a', 'b', 'c', 'd'].map((node) => {
    liars.moves(node, null, 's');
    return near(state, 's').length;
  });
  // 0.5 and 1.5 are rounded up.
  expect(counts).toEqual([1, 1, 2, 2]);
  const honest = ['a', 'b', 'c', 'd'].filter((node) => !liars.mayBeByzantine(node));
  for (const node of honest) liars.moves(node, 's', null);
  expect(near(state, 's')).toHaveLength(1);
  expect(turns.at(-1)).toMatch(/^-/);
});

test('near a server only those of the kind and inside the region are counted and drawn', () => {
  const { liars, turns } = watched(
    { scope: 'local', fraction: 1 },
    { kind: 'car', inRegion: true },
  );
  liars.switchTo(true);
  for (const [node, kind] of [
    ['a', 'car'],
    ['b', 'pedestrian'],
    ['c', 'car'],
  ] as const) {
    liars.becomes(node, kind, null);
    liars.moves(node, null, 's');
    if (node !== 'c') liars.crosses(node, true, 's');
  }
  expect(turns).toEqual(['+a@s']);
  liars.crosses('c', true, 's');
  liars.crosses('a', false, 's');
  expect(turns.slice(1)).toEqual(['+c@s', '-a@s']);
});

test('per aggregation nobody lies before the draw, but some may', () => {
  const { liars, turns } = watched({ scope: 'per-aggregation', count: 1 }, { kind: 'car' });
  liars.becomes('a', 'car', null);
  liars.becomes('b', 'pedestrian', null);
  expect(liars.mayBeByzantine('a')).toBe(false);
  liars.switchTo(true);
  expect(['a', 'b'].map((node) => liars.mayBeByzantine(node))).toEqual([true, false]);
  expect(turns).toEqual([]);
});

test('its state is plain data, from which others go on', () => {
  const first = watched({ scope: 'local', count: 1 });
  first.liars.switchTo(true);
  for (const node of ['a', 'b']) first.liars.moves(node, null, 's');
  const second = watched({ scope: 'local', count: 1 }, {}, structuredClone(first.state));
  expect(second.liars.mayBeByzantine('a')).toBe(true);
  second.liars.moves('a', 's', null);
  expect(second.turns).toEqual(['-a@s', '+b@s']);
});
