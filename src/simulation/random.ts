import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { cosineOfTurns, log } from '../elementary.ts';

/** A generator's whole state: plain data, so that a checkpoint can hold it. */
export type RandomState = readonly number[];

/** a source of random numbers with a state that can be read and restored (xoroshiro128+). */
export class RandomStream {
  readonly #generator: RandomGenerator;

  constructor(state: RandomState) {
    this.#generator = xoroshiro128plusFromState(state);
  }

  get state(): RandomState {
    return this.#generator.getState();
  }

  /** Uniform whole number in [0, below). */
  integer(below: number): number {
    return uniformInt(this.#generator, 0, below - 1);
  }

  /** Uniform in [0, 1), 53 random bits. */
  float(): number {
    return uniformFloat64(this.#generator);
  }

  /** Standard normal, by Box and Muller's method; the second value of a pair is not kept. */
  normal(): number {
    const radius = Math.sqrt(-2 * log(1 - this.float()));
    return radius * cosineOfTurns(this.float());
  }

  /** Shuffles in place (Fisher and Yates). */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let last = items.length - 1; last > 0; last -= 1) {
      const other = this.integer(last + 1);
      const kept = items[last];
      (items as Record<number, unknown>)[last] = items[other];
      (items as Record<number, unknown>)[other] = kept;
    }
    return items;
  }
}

/** The first state of the stream of that name: SHA-256 of the seed and the name. */
export function streamState(seed: number, name: string): RandomState {
  const digest = createHash('sha256').update(`${seed}\n${name}`).digest();
  return [0, 4, 8, 12].map((offset) => digest.readInt32LE(offset));
}

/** A new stream named after its purpose and owner, for instance `batches/park-street`. */
export function openStream(seed: number, name: string): RandomStream {
  return new RandomStream(streamState(seed, name));
}
