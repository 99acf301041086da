import { expect, test } from 'vitest';
import { bestSites } from '#src/mobility/best-sites.js';
import { disc } from '#src/mobility/radio/disc.js';
import { loadTrace } from '#src/mobility/trace.js';
import { file } from './files.ts';

/** Standing entities: [x, seconds], each at y 0. */
async function standing(...entities: [x: number, seconds: number][]) {
  const rows = entities.flatMap(([x, seconds], id) =>
    Array.from({ length: seconds + 1 }, (_, s) => `${s},${id},${x},0`),
  );
  return loadTrace(file(['time,id,x,y', ...rows].join('\n')));
}

const candidates = [0, 100, 200, 300].map((xM) => ({ id: `at-${xM}`, xM, yM: 0 }));

// At 0 one for 100 s; at 100 three for 20 s each; at 200 two for 25 s; at 300 one for 45 s.
const trace = await standing(
  [0, 100],
  [100, 20],
  [100, 20],
  [100, 20],
  [200, 25],
  [200, 25],
  [300, 45],
);

test.each([
  ['person-seconds', ['at-0', 'at-100', 'at-200'], [100, 60, 50], [1, 3, 2]],
  ['entities', ['at-100', 'at-200', 'at-0'], [60, 50, 100], [3, 2, 1]],
  // The last one of person-seconds adds 50 s: that one, then those of 45 and 60 s, not of 100.
  ['balance', ['at-200', 'at-300', 'at-100'], [50, 45, 60], [2, 1, 3]],
] as const)('three sites by %s', async (goal, ids, seconds, entities) => {
  const sites = bestSites(trace, candidates, 3, 10, disc, goal);
  expect(sites.map(({ id }) => id)).toEqual(ids);
  expect(sites.map(({ addedS }) => addedS)).toEqual(seconds);
  expect(sites.map(({ addedEntities }) => addedEntities)).toEqual(entities);
});

test('what a site before has is not added again, and a site that adds nothing is left out', () => {
  // 110 m reach the neighbours, too.
  const sites = bestSites(trace, candidates, 4, 110, disc, 'entities');
  // At 100: 1 + 3 + 2 entities; then one is left at 300, which 200 and 300 reach.
  expect(sites.map(({ id, addedEntities }) => [id, addedEntities])).toEqual([
    ['at-100', 6],
    ['at-200', 1],
  ]);
});
