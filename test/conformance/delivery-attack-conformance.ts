import { describe, expect, test } from 'vitest';
import type { DeliveryAttack, RandomSource, Sending } from '#src/rules/index.js';
import { deliveries } from '#src/rules/running/delivering.js';
import { builtInReference, loadDeliveryAttack, parseOptions } from '#src/rules/running/load.js';
import { stream } from './vectors.ts';

export interface DeliveryAttackPromises {
  /** Worked by hand: milliseconds from the sending to when each copy gets on its way. */
  examples: {
    options?: Record<string, unknown>;
    /** The random numbers, in [0, 1), where some are drawn; each once. */
    floats?: readonly number[];
    delaysMs: readonly number[];
  }[];
  /** Whether messages may come to nothing, by options. */
  mayDrop: { options?: Record<string, unknown>; expected: boolean }[];
}

/** Tests of the properties of every delivery attack, and of those that this one promises. */
export function testDeliveryAttack(attack: DeliveryAttack, promises: DeliveryAttackPromises): void {
  const chosen = (given?: Record<string, unknown>) => ({
    rule: attack,
    options: parseOptions(attack, given),
  });
  const given = [...promises.examples, ...promises.mayDrop].map(({ options }) => options);
  const kinds: Sending['kind'][] = ['gradient', 'result'];

  describe(`${attack.name} as a delivery attack`, () => {
    test('is loaded by its name', async () => {
      const { rule } = await loadDeliveryAttack(builtInReference('attacks', attack.name));
      expect(rule.name).toBe(attack.name);
    });

    test.each(promises.examples)('gives the worked example $delaysMs', (example) => {
      const { options, floats = [], delaysMs } = example;
      const given = [...floats];
      const delays = deliveries(chosen(options), { kind: 'gradient' }, { random: giving(given) });
      expect(delays).toHaveLength(delaysMs.length);
      for (const [copy, delay] of delays.entries()) expect(delay).toBeCloseTo(delaysMs[copy]!, 3);
      // Probability that has no part is not asked.
      expect(given).toEqual([]);
    });

    test.each(promises.mayDrop)(
      'says whether messages may come to nothing: $expected',
      (promise) => {
        const { rule, options } = chosen(promise.options);
        expect(rule.mayDrop(options)).toBe(promise.expected);
      },
    );

    test.each(given)(
      'gives delays that a world can wait for, the same twice, with %j',
      (options) => {
        const many = () => {
          const random = stream('delivery');
          return Array.from({ length: 300 }, (_, index) =>
            deliveries(chosen(options), { kind: kinds[index % 2]! }, { random }),
          );
        };
        const all = many();
        expect(many()).toEqual(all);
        expect(all.some((delaysMs) => delaysMs.length === 0)).toBe(
          attack.mayDrop(chosen(options).options),
        );
      },
    );
  });
}

/** Probability that gives these numbers and no others. */
function giving(floats: number[]): RandomSource {
  const refuse = () => {
    throw new Error('no such random number in this example');
  };
  const float = () => floats.shift() ?? refuse();
  return { integer: refuse, float, normal: refuse, shuffle: refuse };
}
