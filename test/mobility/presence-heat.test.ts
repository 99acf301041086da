import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { presenceHeat } from '#src/mobility/presence-heat.js';
import { loadTrace } from '#src/mobility/trace.js';
import { packed } from './ways.ts';

const crossing = () => loadTrace(resolve('sumo-scenarios/crossing/trace.fcd.xml'));

it.each([3, 10, 1000])('cells of %d m hold the time that entities were present', async (cellM) => {
  const trace = await crossing();
  const { entityS, columns, rows } = presenceHeat(trace, cellM);
  expect(entityS).toHaveLength(columns * rows);
  const presentS = trace.presences.reduce(
    (sum, { fromUs, toUs }) => sum + (toUs - fromUs) / 1e6,
    0,
  );
  expect(entityS.reduce((sum, each) => sum + each, 0)).toBeCloseTo(presentS, 6);
});

it('puts the time of a straight way into the cells that it crosses, in proportion', () => {
  // 30 m east in 6 s from x = 5: the first cell of 10 m has 5 m of it, the next two 10 m, the last 5 m;
  // steps of at most 5 m fall into them whole.
  const presence = {
    ...{ entity: 'a', kind: 'car' as const, timesUs: Float64Array.of(0, 6e6) },
    ...{ x: Float64Array.of(5, 35), y: Float64Array.of(0, 0) },
  };
  const bounds = { minXM: 0, minYM: 0, maxXM: 35, maxYM: 0 };
  const trace = { bounds, presences: packed([presence]) } as never;
  expect([...presenceHeat(trace, 10).entityS]).toEqual([1, 2, 2, 1]);
});
