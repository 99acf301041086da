import { describe, expect, it } from 'vitest';
import hinge from '#aggregators/staleness-weights/hinge.js';
import { parseOptions } from '#src/rules/running/load.js';
import { conformsAsStalenessWeight } from '../../conformance/staleness-weight-conformance.ts';

describe('hinge', () => {
  conformsAsStalenessWeight(hinge);

  it('counts in full up to b, and 1 / (a (t - b) + 1) beyond', () => {
    const weights = [0, 2, 3, 4].map((staleness) => hinge.weigh(staleness, { a: 3, b: 2 }));
    expect(weights).toEqual([1, 1, 1 / 4, 1 / 7]);
  });

  it('has the defaults of FedAsync, a = 10 and b = 4', () => {
    expect(parseOptions(hinge, undefined)).toEqual({ a: 10, b: 4 });
    expect(hinge.weigh(5, { a: 10, b: 4 })).toBe(1 / 11);
  });

  it.each([{ a: 0 }, { a: -1 }, { b: -1 }])('refuses %j', (options) => {
    expect(() => parseOptions(hinge, options)).toThrow();
  });
});
