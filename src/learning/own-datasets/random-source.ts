import type { RandomSource } from '../../rules/contract/plain-data.ts';
import { openStream } from '../../simulation/random.ts';

/** A source of probability that is the same at each call, on every machine. */
export function randomSource(seed: number): RandomSource {
  return openStream(seed, 'datasets/own');
}
