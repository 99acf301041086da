import { type Encoding, WORD_BYTES } from './encoding.ts';

/**
 * The k elements of the change with the largest magnitude; of equal ones those of lower index; an element
 * that is not a number counts as the largest. k (4 + b) bytes: an index and a value each. Error feedback:
 * what is left out stays in the sender's change, to be sent once it has grown.
 * Source: Stich, Cordonnier & Jaggi, Sparsified SGD with Memory, NeurIPS 2018, algorithm 1.
 */
export function topK(k: number): Encoding {
  const magnitude = (element: number) =>
    Number.isNaN(element) ? Number.POSITIVE_INFINITY : Math.abs(element);
  return {
    isSparse: true,
    count: (dimension) => Math.min(k, dimension),
    encode: ({ change }, out) => {
      const count = Math.min(k, change.length);
      const sorted = change.map(magnitude).sort();
      const least = sorted[change.length - count]!;
      let above = 0;
      for (const element of change) if (magnitude(element) > least) above += 1;
      let equal = count - above;
      for (const [index, element] of change.entries()) {
        const size = magnitude(element);
        const travels = size > least || (size === least && equal > 0);
        if (size === least) equal -= 1;
        out[index] = travels ? element : 0;
      }
      return count;
    },
    bytes: (count, _, b) => count * (WORD_BYTES + b),
  };
}
