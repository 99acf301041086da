import { expect, it } from 'vitest';
import { OpenTransfers } from '#src/worlds/live/coordinator/open-transfers.js';

const way = { from: 'left', to: 'worker-1', what: 'theta' };
const start = (number: number, to = 'worker-1') =>
  ({ type: 'transfer-started', ...way, to, number, bytes: 40 }) as const;
const end = (number: number, outcome: 'arrived' | 'lost' = 'arrived', to = 'worker-1') =>
  ({ type: 'transfer-ended', ...way, to, number, outcome }) as const;

it('holds an end back until its beginning is reported', () => {
  const open = new OpenTransfers();
  expect(open.enter(end(1))).toEqual([]);
  expect(open.enter(start(1))).toEqual([start(1), end(1)]);
  expect(open.save()).toEqual([]);
});

it('counts a model that is sent twice as two transfers', () => {
  const open = new OpenTransfers();
  open.enter(start(1));
  open.enter(start(1));
  expect(open.enter(end(1, 'lost'))).toEqual([end(1, 'lost')]);
  expect(open.enter(end(1))).toEqual([end(1)]);
  expect(open.enter(end(1))).toEqual([]);
});

it('ends what was on its way to lost nodes, and all when a run continues', () => {
  const first = new OpenTransfers();
  for (const [number, to] of [
    [1, 'worker-1'],
    [2, 'worker-2'],
  ] as const) {
    first.enter(start(number, to));
  }
  expect(first.lose(new Set(['worker-2']))).toEqual([end(2, 'lost', 'worker-2')]);
  const resumed = new OpenTransfers(first.save());
  expect(resumed.loseAll()).toEqual([end(1, 'lost')]);
  expect(resumed.save()).toEqual([]);
});
