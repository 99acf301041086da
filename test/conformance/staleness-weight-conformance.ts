import { expect, it } from 'vitest';
import type { StalenessWeight } from '#src/rules/contract/staleness-weight.js';
import { parseOptions } from '#src/rules/running/load.js';

/** Tests of the properties of every weight by staleness, with its own defaults. */
export function conformsAsStalenessWeight<Options>(rule: StalenessWeight<Options>): void {
  const options = parseOptions(rule as StalenessWeight, undefined) as Options;
  const weights = Array.from({ length: 1000 }, (_, staleness) => rule.weigh(staleness, options));

  it('counts a fresh vector in full', () => {
    expect(weights[0]).toBe(1);
  });

  it('never counts a staler vector more, and none less than nothing', () => {
    for (const [staleness, weight] of weights.entries()) {
      expect(weight).toBeGreaterThan(0);
      expect(weight).toBeLessThanOrEqual(weights[staleness - 1] ?? 1);
    }
  });

  it('leaves its options as they are, and gives the same twice', () => {
    const before = structuredClone(options);
    const again = weights.map((_, staleness) => rule.weigh(staleness, options));
    expect(again).toEqual(weights);
    expect(options).toEqual(before);
  });

  it('refuses an option that it does not know', () => {
    expect(() => parseOptions(rule as StalenessWeight, { speed: 1 })).toThrow('speed');
  });
}
