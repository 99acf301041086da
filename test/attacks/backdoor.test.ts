import { describe, expect, test } from 'vitest';
import backdoor from '#attacks/backdoor.js';
import type { SampleShape } from '#src/rules/index.js';
import { parseOptions } from '#src/rules/running/load.js';
import { poisoned, stamped } from '#src/rules/running/poisoning.js';
import { testDataAttack } from '../conformance/data-attack-conformance.ts';
import { stream } from '../conformance/vectors.ts';

const optionsOf = (given: Record<string, unknown>) =>
  parseOptions(backdoor, given) as Parameters<NonNullable<typeof backdoor.misfit>>[1];

testDataAttack(backdoor, {
  examples: [
    {
      shape: { features: 4, classes: 2 },
      inputs: [1, 2, 3, 4],
      labels: [0],
      options: { size: 1, target: 1, share: 1 },
      poisoned: { inputs: [1, 2, 3, 1], labels: [1] },
    },
    {
      // 3 x 4 pixels: rows 0 and 1, columns 1 and 2.
      shape: { features: 12, classes: 3 },
      inputs: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      labels: [1],
      options: { image: [3, 4, 1], row: 0, column: 1, size: 2, value: 9, target: 2, share: 1 },
      poisoned: { inputs: [0, 9, 9, 0, 0, 9, 9, 0, 0, 0, 0, 0], labels: [2] },
    },
    {
      // 2 x 2 pixels of three channels: all of the lower right one.
      shape: { features: 12, classes: 2 },
      inputs: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      labels: [1],
      options: { image: [2, 2, 3], size: 1, value: 0, share: 1 },
      poisoned: { inputs: [1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0], labels: [0] },
    },
    {
      shape: { features: 1, classes: 2 },
      inputs: [5, 6],
      labels: [1, 1],
      options: { size: 1, share: 0 },
      poisoned: { inputs: [5, 6], labels: [1, 1] },
    },
  ],
});

describe('a share of the batch', () => {
  const shape: SampleShape = { features: 4, classes: 10 };
  const n = 10;
  const samples = {
    inputs: new Float32Array(n * 4).fill(0.5),
    labels: new Uint8Array(n).fill(7),
  };
  const poisonedItems = (streamName: string): number[] => {
    const options = optionsOf({ share: 0.3, size: 1 });
    const { inputs, labels } = poisoned({ rule: backdoor, options } as never, samples, {
      ...shape,
      random: stream(streamName),
    });
    // An item has the trigger if and only if it has the target label.
    const stampedItems = [...labels.keys()].filter((i) => inputs[i * 4 + 3] === 1);
    expect([...labels.keys()].filter((i) => labels[i] === 0)).toEqual(stampedItems);
    return stampedItems;
  };

  test('is that many items, drawn at random', () => {
    const draws = ['a', 'b', 'c', 'd'].map(poisonedItems);
    for (const items of draws) expect(items).toHaveLength(3);
    expect(new Set(draws.map(String)).size).toBeGreaterThan(1);
  });
});

test('the trigger is stamped on every row, whatever the share', () => {
  const options = optionsOf({ share: 0, size: 1, value: 2, target: 1 });
  const rows = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const worn = stamped({ rule: backdoor, options } as never, rows, { features: 4, classes: 2 })!;
  expect([...worn.inputs]).toEqual([1, 2, 3, 2, 5, 6, 7, 2]);
  expect(worn.target).toBe(1);
});

const mnist = { features: 784, classes: 10 };
const tiny = { features: 16, classes: 2 };

test.each<[Record<string, unknown>, SampleShape, string, found: string, advice: string]>([
  [{ target: 10 }, mnist, 'target', 'target 10, but labels are 0 to 9', 'a label from 0 to 9'],
  [{}, { ...mnist, features: 65 }, 'image', '65 inputs are no square image', 'product is 65'],
  [{ image: [4, 4, 3] }, tiny, 'image', 'an image of 4 x 4 x 3 has 48 inputs', 'product is 16'],
  [{ size: 5 }, tiny, 'size', 'leaves the image of 4 x 4', 'size at most 4'],
  [{ row: 2, size: 3 }, tiny, 'row', 'from (2, 1) leaves the image', 'row at most 1'],
  [{ column: 3, size: 2 }, tiny, 'column', 'from (2, 3) leaves the image', 'column at most 2'],
])('%j does not fit %j', (given, shape, option, found, advice) => {
  expect(backdoor.misfit?.(shape, optionsOf(given))).toEqual({
    option,
    found: expect.stringContaining(found),
    advice: expect.stringContaining(advice),
  });
});

test('an image of its own shape fits', () => {
  expect(backdoor.misfit?.({ features: 784, classes: 10 }, optionsOf({}))).toBeUndefined();
});
