import { expect, test } from 'vitest';
import {
  ByzantineLayer,
  type ByzantineLayerSettings,
  type ByzantineLayerState,
  newByzantineLayerState,
} from '#src/faults/byzantine-layer.js';
import type { ByzantineSettings } from '#src/faults/byzantine-settings.js';
import { openStream } from '#src/simulation/random.js';

/** ByzantineNodes of one layer, who they turned into, and the streams that were drawn from. */
function watched(
  who: ByzantineSettings,
  limits: Partial<ByzantineLayerSettings> = {},
  state = newByzantineLayerState(),
) {
  const turns: string[] = [];
  const streams = new Map<string, ReturnType<typeof openStream>>();
  const randomAt = (server: string) => {
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
  const attackers = new ByzantineLayer(settings, state, randomAt, ({ node, server, byzantine }) => {
    turns.push(`${byzantine ? '+' : '-'}${node}${server === null ? '' : `@${server}`}`);
  });
  return { attackers, turns, state, streams };
}

const near = (state: ByzantineLayerState, server: string) =>
  state.near.get(server)!.filter((node) => state.byzantine.has(node));

test('fixed nodes are Byzantine all the time, without a transition', () => {
  const { attackers, turns } = watched({ scope: 'global', count: 1 }, { fixed: new Set(['b']) });
  attackers.switchTo(true);
  expect(['a', 'b'].map((node) => attackers.mayBeByzantine(node))).toEqual([false, true]);
  expect(turns).toEqual([]);
});

test('fixed nodes with a limited time are Byzantine from its beginning to its end', () => {
  const { attackers, turns } = watched(
    { scope: 'global', count: 1 },
    { fixed: new Set(['b']), fromUs: 5, untilUs: 7 },
  );
  expect(attackers.mayBeByzantine('b')).toBe(false);
  attackers.switchTo(true);
  expect([attackers.mayBeByzantine('a'), attackers.mayBeByzantine('b')]).toEqual([false, true]);
  attackers.switchTo(false);
  expect(attackers.mayBeByzantine('b')).toBe(false);
  expect(turns).toEqual(['+b', '-b']);
});

test('a fixed slot lies only while it stands for the kind, inside the region', () => {
  const { attackers, turns } = watched(
    { scope: 'global', count: 1 },
    { fixed: new Set(['b']), kind: 'car', inRegion: true },
  );
  attackers.switchTo(true);
  attackers.becomes('b', 'car', null);
  expect(attackers.mayBeByzantine('b')).toBe(false);
  attackers.crosses('b', true, null);
  expect(attackers.mayBeByzantine('b')).toBe(true);
  attackers.crosses('b', false, null);
  attackers.becomes('b', null, null);
  attackers.becomes('b', 'pedestrian', null);
  attackers.crosses('b', true, null);
  expect(attackers.mayBeByzantine('b')).toBe(false);
  expect(turns).toEqual(['+b', '-b']);
});

test('near a server `count` workers are Byzantine, and one that leaves is replaced by one present', () => {
  const { attackers, turns, state, streams } = watched({ scope: 'local', count: 2 });
  attackers.switchTo(true);
  for (const node of ['a', 'b', 'c', 'd']) attackers.moves(node, null, 's');
  // The first two were all there were when they came.
  expect(turns).toEqual(['+a@s', '+b@s']);
  attackers.moves('c', 's', null);
  expect(turns).toHaveLength(2);
  attackers.moves('a', 's', null);
  expect(turns.slice(2)).toEqual(['-a@s', '+d@s']);
  expect(attackers.mayBeByzantine('a')).toBe(false);
  attackers.moves('b', 's', 't');
  // No honest worker is left at s, and at t it is the only one.
  expect(turns.slice(4)).toEqual(['-b@s', '+b@t']);
  expect([near(state, 's'), near(state, 't')]).toEqual([['d'], ['b']]);
  expect([...streams.keys()].sort()).toEqual(['s', 't']);
});

test('who takes the place of one that has gone is drawn evenly among the honest', () => {
  const times = new Map<string, number>();
  const { attackers, turns } = watched({ scope: 'local', count: 1 });
  attackers.switchTo(true);
  attackers.moves('first', null, 's');
  for (const node of ['a', 'b', 'c', 'd']) attackers.moves(node, null, 's');
  let attacking = 'first';
  for (let draw = 0; draw < 4000; draw += 1) {
    attackers.moves(attacking, 's', null);
    const next = turns.at(-1)!.slice(1, -2);
    times.set(next, (times.get(next) ?? 0) + 1);
    attackers.moves(attacking, null, 's');
    attacking = next;
  }
  // Five nodes in turn: 800 expected of each, with a standard deviation below 26.
  expect(times.size).toBe(5);
  for (const count of times.values()) expect(Math.abs(count - 800)).toBeLessThan(130);
});

test('a share near a server follows how many are there, both ways', () => {
  const { attackers, turns, state } = watched({ scope: 'local', fraction: 0.5 });
  attackers.switchTo(true);
  const counts = ['a', 'b', 'c', 'd'].map((node) => {
    attackers.moves(node, null, 's');
    return near(state, 's').length;
  });
  // 0.5 and 1.5 are rounded up.
  expect(counts).toEqual([1, 1, 2, 2]);
  const honest = ['a', 'b', 'c', 'd'].filter((node) => !attackers.mayBeByzantine(node));
  for (const node of honest) attackers.moves(node, 's', null);
  expect(near(state, 's')).toHaveLength(1);
  expect(turns.at(-1)).toMatch(/^-/);
});

test('near a server only those of the kind and inside the region are counted and drawn', () => {
  const { attackers, turns } = watched(
    { scope: 'local', fraction: 1 },
    { kind: 'car', inRegion: true },
  );
  attackers.switchTo(true);
  for (const [node, kind] of [
    ['a', 'car'],
    ['b', 'pedestrian'],
    ['c', 'car'],
  ] as const) {
    attackers.becomes(node, kind, null);
    attackers.moves(node, null, 's');
    if (node !== 'c') attackers.crosses(node, true, 's');
  }
  expect(turns).toEqual(['+a@s']);
  attackers.crosses('c', true, 's');
  attackers.crosses('a', false, 's');
  expect(turns.slice(1)).toEqual(['+c@s', '-a@s']);
});

test('per aggregation no node is Byzantine before the draw, but some may be', () => {
  const { attackers, turns } = watched({ scope: 'per-aggregation', count: 1 }, { kind: 'car' });
  attackers.becomes('a', 'car', null);
  attackers.becomes('b', 'pedestrian', null);
  expect(attackers.mayBeByzantine('a')).toBe(false);
  attackers.switchTo(true);
  expect(['a', 'b'].map((node) => attackers.mayBeByzantine(node))).toEqual([true, false]);
  expect(turns).toEqual([]);
});

test('its state is plain data, from which others go on', () => {
  const first = watched({ scope: 'local', count: 1 });
  first.attackers.switchTo(true);
  for (const node of ['a', 'b']) first.attackers.moves(node, null, 's');
  const second = watched({ scope: 'local', count: 1 }, {}, structuredClone(first.state));
  expect(second.attackers.mayBeByzantine('a')).toBe(true);
  second.attackers.moves('a', 's', null);
  expect(second.turns).toEqual(['-a@s', '+b@s']);
});
