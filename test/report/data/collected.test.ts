import { expect, it } from 'vitest';
import { CollectedTally, collectedCsv } from '#src/report/data/collected.js';

it('adds up what workers have collected, by worker and region', () => {
  const tally = new CollectedTally();
  const none = { outside: 0, overwritten: 0, left: 0 };
  const event = (worker: string, regions: Record<string, number[]>, lost: object = {}) =>
    tally.add({ type: 'samples-collected', worker, regions, ...none, ...lost });
  event('b', { west: [1, 2] }, { outside: 3 });
  event('a', { east: [0, 4] });
  event('b', { west: [1, 0], east: [5, 0] }, { outside: 1, overwritten: 2, left: 6 });
  tally.add({ type: 'round-ended' });
  expect(collectedCsv(tally.lines).trim().split('\n')).toEqual([
    'worker,region,samples,outside,overwritten,left,label0,label1',
    'a,,4,0,0,0,0,4',
    'a,east,4,,,,0,4',
    'b,,9,4,2,6,7,2',
    'b,west,4,,,,2,2',
    'b,east,5,,,,5,0',
  ]);
  expect(tally.owned('region')).toEqual([
    { owner: 'east', items: 9, labels: [5, 4] },
    { owner: 'west', items: 4, labels: [2, 2] },
  ]);
  expect(tally.owned('worker').map(({ owner, items }) => [owner, items])).toEqual([
    ['a', 4],
    ['b', 9],
  ]);
});
