import type { RandomSource } from '../../rules/contract/plain-data.ts';
import { openStream } from '../../simulation/random.ts';

/** A source of chance that is the same at each call, on every machine. */
export function chance(seed: number): RandomSource {
  return openStream(seed, 'datasets/own');
}
