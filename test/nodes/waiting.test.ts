import { expect, it } from 'vitest';
import { Cloud, newCloud } from '#src/nodes/cloud.js';
import {
  asynchronous,
  partiallyAsynchronous,
  type RoundMode,
  synchronous,
} from '#src/nodes/round-mode.js';
import type { ServerLayerSettings } from '#src/nodes/settings.js';
import { waitingOf } from '#src/nodes/waiting.js';
import { FakeContext } from './fake-context.ts';
import { LoneServer, regionPlace } from './lone-server.ts';
import { cloudPlace, cloudSettings, edgePlace, layer } from './places.ts';

/** An edge with the workers w and x: the reason for which it waits, and a way to deliver to it. */
function edge(settings: Partial<ServerLayerSettings>, mode: RoundMode = synchronous) {
  const server = new LoneServer({ settings, workers: ['w', 'x'], mode });
  return { server, waits: () => waitingOf(server.state, edgePlace, layer(settings), mode) };
}

function region(settings: Partial<ServerLayerSettings>, mode: RoundMode) {
  const server = new LoneServer({ settings, place: regionPlace, mode });
  server.open();
  return { server, waits: () => waitingOf(server.state, regionPlace, layer(settings), mode) };
}

it('an edge waits for its model, and then for those of its workers that can help', () => {
  const { server, waits } = edge({ collect: { count: 3, distinct: false } });
  expect(waits()).toEqual({
    type: 'waiting',
    server: 'a',
    round: 0,
    what: 'model',
    has: 0,
    wants: 1,
    from: ['cloud'],
  });
  server.open();
  server.deliver('w');
  expect(waits()).toMatchObject({
    round: 1,
    what: 'gradients',
    has: 1,
    wants: 3,
    from: ['w', 'x'],
  });
  server.node.childLeft('x');
  server.node.childLeft('w');
  expect(waits()).toMatchObject({ from: [] });
});

it('an edge does not wait for more of a worker than it takes or counts', () => {
  for (const settings of [
    { collect: { count: 3, distinct: false }, maxPerWorker: 1 },
    { collect: { count: 2, distinct: true } },
  ]) {
    const { server, waits } = edge(settings, asynchronous);
    server.open();
    server.deliver('w');
    expect(waits()).toMatchObject({ has: 1, from: ['x'] });
  }
  const { server, waits } = edge({ collect: { count: 5, distinct: false }, maxPerWorker: 2 });
  server.open();
  server.deliver('w');
  expect(waits()).toMatchObject({ from: ['w', 'x'] });
});

it('an edge that has closed waits for the next model when synchronous, and works when asynchronous', () => {
  const { server, waits } = edge({});
  server.open();
  server.deliver('w');
  server.deliver('w');
  expect(waits()).toMatchObject({ round: 1, what: 'model' });
  const other = edge({ tooFew: 'wait', deadlineUs: 1000 }, asynchronous);
  other.server.open();
  other.server.deliver('w');
  other.server.deliver('w');
  expect(other.waits()).toBeNull();
});

it('a server above others waits for the children that have not answered', () => {
  const isSynchronous = region({ collect: 'all' }, synchronous);
  isSynchronous.server.deliverResult('b', 1);
  expect(isSynchronous.waits()).toMatchObject({ what: 'results', has: 1, wants: 2, from: ['a'] });
  const one = region({ collect: { count: 2, distinct: false } }, synchronous);
  one.server.node.receive('a', { type: 'no-result', round: 1 });
  expect(one.waits()).toMatchObject({ has: 0, wants: 2, from: ['b'] });
  // Out of step another one of the same would do.
  const any = region({ collect: { count: 2, distinct: false } }, asynchronous);
  any.server.deliverResult('b', 1);
  expect(any.waits()).toMatchObject({ has: 1, wants: 2, from: ['a', 'b'] });
});

it('a cloud waits for results, or has enough and waits for slow workers', () => {
  const context = new FakeContext();
  const mode = partiallyAsynchronous(1, true);
  const settings = layer({ collect: { count: 1, distinct: true }, deadlineUs: 1000 });
  const state = newCloud('cloud', context.value());
  const cloud = new Cloud(state, cloudPlace, settings, cloudSettings, mode, context);
  const waits = () => waitingOf(state, cloudPlace, settings, mode);
  cloud.start();
  cloud.beginWork('slow', 0);
  expect(waits()).toMatchObject({ what: 'results', has: 0, wants: 1, from: ['a', 'b'] });
  const send = (result: number) => {
    const value = context.value();
    cloud.receive('a', { type: 'result', round: 1, version: 0, result, gradients: 1, value });
  };
  send(0);
  // It makes its version.
  expect(waits()).toBeNull();
  cloud.wake(context.timers.at(-1)!.timer);
  send(1);
  expect(waits()).toMatchObject({ what: 'slow-workers', has: 1, wants: 1, from: ['slow'] });
});
