import type { Encoding } from './encoding.ts';

/** All parameters as they are: d b bytes. */
export function full(): Encoding {
  return {
    isSparse: false,
    count: (dimension) => dimension,
    encode: ({ change }, out) => {
      out.set(change);
      return change.length;
    },
    bytes: (_, dimension, b) => dimension * b,
  };
}
