import type { QuickCheck } from './check.ts';

/** Agents that compute are asked for where there is something to compute for others. */
export const checkPool: QuickCheck = ({ world, pool }, problem) =>
  world === 'live' && pool.agents > 0
    ? [
        problem(['pool', 'agents'], 'world: live has no pool', [
          'its processes compute for themselves; with world: virtual agents can',
        ]),
      ]
    : [];
