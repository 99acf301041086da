import { isSignificant } from '../../rules/toolbox/significant.ts';
import { type Encoding, WORD_BYTES } from './encoding.ts';

/**
 * The significant parameters alone: those with |change| / |parameter| > v0 / sqrt(t), and those at 0 that
 * have changed. count (4 + b) bytes: an index and a value each.
 * Source: Hsieh et al., Gaia, NSDI 2017, sections 3.2 and 5.1.
 */
export function significant(v0: number): Encoding {
  return {
    isSparse: true,
    count: () => null,
    encode: ({ change, model, t }, out) => {
      const threshold = v0 / Math.sqrt(t);
      let count = 0;
      for (const [index, element] of change.entries()) {
        const travels = isSignificant(element, model[index]!, threshold);
        out[index] = travels ? element : 0;
        if (travels) count += 1;
      }
      return count;
    },
    bytes: (count, _, b) => count * (WORD_BYTES + b),
  };
}
