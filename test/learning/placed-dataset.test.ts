import { describe, expect, test } from 'vitest';
import type { Dataset, Split } from '#src/learning/dataset.js';
import { type PlacedSplit, placeDataset } from '#src/learning/placed-dataset.js';
import { bound, randomStream } from '../kernels/bits.js';

const { memory } = bound;

/** The inputs that a placed split stands for, before scaling. */
function read(placed: PlacedSplit, features: number): number[] {
  const numbers = (at: number, length: number) =>
    placed.unit === 'pixel'
      ? new Uint8Array(memory.buffer, at, length)
      : new Float32Array(memory.buffer, at, length);
  if (placed.form === 'dense') return [...numbers(placed.inputs, placed.items * features)];
  const starts = new Uint32Array(memory.buffer, placed.starts, placed.items + 1);
  const entries = starts[placed.items]!;
  const columns = new Uint16Array(memory.buffer, placed.columns, entries);
  const values = numbers(placed.values, entries);
  const inputs = new Array<number>(placed.items * features).fill(0);
  let longest = 0;
  for (let item = 0; item < placed.items; item += 1) {
    longest = Math.max(longest, starts[item + 1]! - starts[item]!);
    for (let at = starts[item]!; at < starts[item + 1]!; at += 1) {
      inputs[item * features + columns[at]!] = values[at]!;
    }
  }
  expect(placed.longestRow).toBe(longest);
  return inputs;
}

function dataset(features: number, split: Split): Dataset {
  const none: Split = {
    ...split,
    items: 0,
    inputs: split.inputs.slice(0, 0),
    targets: new Uint8Array(0),
  };
  return {
    name: 'random',
    features,
    classes: 3,
    outputs: 3,
    sha256: '',
    splits: { train: split, validation: none, test: none },
  };
}

describe('a placed dataset', () => {
  for (const unit of ['pixel', 'float'] as const) {
    for (const [features, items, density] of [
      [1, 5, 0.5],
      [7, 40, 0.1],
      [784, 900, 0.2],
      [100, 30, 0],
      [100, 30, 1],
      [33, 50, 0.8],
      [65_536, 3, 0.01],
      [65_537, 3, 0.01],
    ] as const) {
      test(`holds the inputs: ${items} items of ${features} ${unit}s, density ${density}`, () => {
        const random = randomStream(`${unit} ${features} ${density}`);
        const value = () => (unit === 'pixel' ? 1 + random.integer(255) : random.float() - 0.5);
        const all = Array.from({ length: items * features }, () =>
          random.float() < density ? value() : 0,
        );
        const inputs = unit === 'pixel' ? Uint8Array.from(all) : Float32Array.from(all);
        const labels = Uint8Array.from({ length: items }, () => random.integer(3));
        const split: Split = { items, inputs, targets: labels, scale: 1 / 255 };
        const placed = placeDataset(bound, dataset(features, split)).splits.train;
        const found = all.filter((value) => value !== 0).length / all.length;
        expect(placed.density).toBe(found);
        expect(placed.form).toBe(found < 0.6 && features <= 65_536 ? 'compressed' : 'dense');
        expect(placed.scale).toBe(Math.fround(1 / 255));
        expect(read(placed, features)).toEqual([...inputs]);
        expect(new Uint8Array(memory.buffer, placed.targets, items)).toEqual(labels);
      });
    }
  }

  test('is plain data', () => {
    const split: Split = {
      items: 1,
      inputs: Uint8Array.of(0, 3),
      targets: Uint8Array.of(1),
      scale: 1,
    };
    const placed = placeDataset(bound, dataset(2, split));
    expect(JSON.parse(JSON.stringify(placed))).toEqual(placed);
  });
});
