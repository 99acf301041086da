import { InputError } from '../errors.ts';
import type { RandomSource } from '../rules/contract/plain-data.ts';
import { allFinite } from '../rules/toolbox/vectors.ts';
import { openStream } from '../simulation/random.ts';

/** One vector of length d, as a caller has it. */
export type VectorInput = Float32Array | readonly number[];

/**
 * The vectors as Float32Arrays: those that are such already as they are, lists of numbers rounded to
 * float32. Throws InputError where one is not finite or has another length than the first; in a run
 * the server leaves such vectors out before a rule sees them.
 */
export function vectorsOf(inputs: readonly VectorInput[]): Float32Array[] {
  const vectors = inputs.map((input) =>
    input instanceof Float32Array ? input : Float32Array.from(input),
  );
  for (const [index, vector] of vectors.entries()) {
    if (vector.length !== vectors[0]!.length) {
      const found = `vector ${index} has length ${vector.length}, vector 0 has ${vectors[0]!.length}`;
      throw new InputError({ found, advice: ['expected vectors of one length'] });
    }
    if (!allFinite(vector)) {
      const found = `vector ${index} holds NaN or an infinity`;
      throw new InputError({ found, advice: ['leave it out: a rule takes finite vectors only'] });
    }
  }
  return vectors;
}

/** The random sources of one rule: another one for each call and purpose, all from one seed. */
export function randomSources(seed: number): (call: number, purpose: string) => RandomSource {
  return (call, purpose) => openStream(seed, `standalone/${call}/${purpose}`);
}
