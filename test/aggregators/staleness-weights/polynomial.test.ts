import { describe, expect, it } from 'vitest';
import polynomial from '#aggregators/staleness-weights/polynomial.js';
import { parseOptions } from '#src/rules/running/load.js';
import { conformsAsStalenessWeight } from '../../conformance/staleness-weight-conformance.ts';

describe('polynomial', () => {
  conformsAsStalenessWeight(polynomial);

  it('is one plus the staleness to the power of -a', () => {
    const weights = [0, 1, 2].map((staleness) => polynomial.weigh(staleness, { a: 2 }));
    expect(weights).toEqual([1, 1 / 4, 1 / 9]);
    expect(polynomial.weigh(3, { a: 0.5 })).toBe(0.5);
  });

  it('has an exponent of one half', () => {
    expect(parseOptions(polynomial, undefined)).toEqual({ a: 0.5 });
    expect(() => parseOptions(polynomial, { a: 0 })).toThrow();
  });
});
