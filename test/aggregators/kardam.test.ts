import { expect, test } from 'vitest';
import kardam from '#aggregators/kardam.js';
import type { PlainData } from '#src/rules/index.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testAggregator } from '../conformance/aggregator-conformance.ts';
import { distanceOf, stream, vector } from '../conformance/vectors.ts';

testAggregator(kardam, {
  options: parseOptions(kardam, {}),
  examples: [{ vectors: [[1], [3]], f: 0, result: [2], selected: [0, 1] }],
  permutation: 'ties',
  boundedBy: null,
  roundsEqual: true,
  tooFew: 'kardam needs at least 1 vector, got 0 (f = 2)',
});

/** One gradient after the other: by whom, and its only element. */
function received(f: number, options: Record<string, unknown> = {}) {
  let state: PlainData = null;
  return (sender: number, x: number, staleness = 0) => {
    const result = kardam.aggregate(
      [vector(x)],
      { f, senders: [sender], staleness: [staleness], random: stream('here'), state },
      parseOptions(kardam, options) as never,
    );
    state = result.state ?? null;
    return result;
  };
}
const isSelected = ({ selected }: { selected?: readonly number[] }) => selected!.length === 1;

test('a gradient that changes faster than most is refused, and nothing moves', () => {
  const receive = received(1, { alpha: 0, frequency: false });
  // K: 0 at first, |0.9 - 1| / 1, then |1.1 - 0.9| / 0.9: of three, all but the greatest pass.
  expect(isSelected(receive(0, 1))).toBe(true);
  expect(isSelected(receive(1, 0.9))).toBe(true);
  expect(isSelected(receive(2, 1.1))).toBe(false);
  // |-8 - 0.9| / 0.9 = 9.9, over 0, 0.1 and 0.22.
  const forged = receive(3, -8);
  expect(isSelected(forged)).toBe(false);
  expect(forged.vector).toEqual(vector(0));
  // |0.85 - 0.9| / 0.9 = 0.06, below the 0.22 that is the third of four.
  expect(isSelected(receive(1, 0.85))).toBe(true);
});

test('of 2 f + 1 gradients in a row no two are of one sender', () => {
  const receive = received(1, { alpha: 0 });
  for (const sender of [0, 1, 2]) receive(sender, 1);
  // All are alike, so every K is 0; the last two that were accepted are of 1 and 2.
  expect([1, 2].map((sender) => isSelected(receive(sender, 1)))).toEqual([false, false]);
  expect(isSelected(receive(0, 1))).toBe(true);
  expect(isSelected(receive(1, 1))).toBe(true);
  expect(isSelected(receive(1, 1))).toBe(false);
  const patient = received(1, { alpha: 0, frequency: false });
  for (const sender of [0, 1, 2]) patient(sender, 1);
  expect(isSelected(patient(2, 1))).toBe(true);
});

test('what is stale counts exp(-alpha staleness)', () => {
  const receive = received(0, { alpha: 0.5 });
  expect(distanceOf(receive(0, 8, 0).vector, vector(8))).toBeLessThan(1e-5);
  expect(distanceOf(receive(1, 8, 3).vector, vector(8 * Math.exp(-1.5)))).toBeLessThan(1e-5);
});

test('with f = 0 everything passes', () => {
  const receive = received(0, { alpha: 0 });
  for (const x of [1, -50, 3e30, 0]) expect(receive(5, x).vector).toEqual(vector(x));
});

test('however many are refused, honest senders are heard again', () => {
  const receive = received(1, { alpha: 0 });
  for (const sender of [0, 1, 2, 3]) receive(sender, 1);
  // The gradients change for good: at first that is suspicious, later it is what most do.
  const heard = [0, 1, 2, 3, 0, 1, 2, 3].filter((sender) => isSelected(receive(sender, 5)));
  expect(heard.length).toBeGreaterThan(0);
});
