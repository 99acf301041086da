import { openStream, type RandomStream } from '#src/simulation/random.js';

/** How often something is done: SOAK_SHARE, 1 by default, makes all of it smaller alike. */
export function times(count: number): number {
  return Math.max(1, Math.round(count * Number(process.env.SOAK_SHARE ?? 1)));
}

/** Random numbers of its own for each soak test, of SOAK_SEED, which is another in every run. */
export function drawnFor(purpose: string): RandomStream {
  const seed = Number(process.env.SOAK_SEED);
  console.log(`SOAK_SEED=${seed}`);
  return openStream(seed, purpose);
}
