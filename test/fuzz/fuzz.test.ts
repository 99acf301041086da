import { expect, it } from 'vitest';
import { fuzzAgents } from './fuzz-agent.ts';
import { type Counts, fuzzPeers, fuzzSimulator } from './fuzz-live.ts';
import { fuzzPool, fuzzTasks } from './fuzz-pool.ts';

/** `npm run fuzz` makes it a million. */
const CASES = Number(process.env.FUZZ_CASES ?? 10_000);
/** Printed when a case fails, to have the same ones again. */
const SEED = Number(process.env.FUZZ_SEED ?? 1);

type Fuzz = (cases: number, seed: number) => Promise<Counts>;

it.each<[string, number, Fuzz]>([
  ['a live run goes on whatever its processes say', 0.4, fuzzSimulator],
  ['a process of a live run goes on whatever others send it', 0.25, fuzzPeers],
  ['a virtual run goes on whatever its agents say', 0.15, fuzzPool],
  ['an agent runs what fits whatever tasks it is sent', 0.1, fuzzTasks],
  ['a process that joins a run ends in order whatever it is sent', 0.1, fuzzAgents],
])(`%s (seed ${SEED})`, async (_, share, fuzz) => {
  const cases = Math.ceil(CASES * share);
  const { cases: tried, cut } = await fuzz(cases, SEED);
  expect(tried).toBe(cases);
  // Neither everything fits nor nothing.
  expect(cut).toBeGreaterThan(cases / 10);
  expect(cut).toBeLessThan(cases);
});
