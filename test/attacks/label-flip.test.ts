import { expect, test } from 'vitest';
import labelFlip from '#attacks/label-flip.js';
import { parseOptions } from '#src/rules/running/load.js';
import { testDataAttack } from '../conformance/data-attack-conformance.ts';

const shape = { features: 1, classes: 3 };

testDataAttack(labelFlip, {
  examples: [
    {
      shape,
      inputs: [5, 6, 7],
      labels: [0, 1, 2],
      poisoned: { inputs: [5, 6, 7], labels: [2, 1, 0] },
    },
    {
      shape,
      inputs: [5, 6, 7],
      labels: [0, 1, 2],
      options: { map: { 0: 1 } },
      poisoned: { inputs: [5, 6, 7], labels: [1, 1, 2] },
    },
    {
      shape: { features: 1, classes: 10 },
      inputs: [0, 0, 0],
      labels: [1, 7, 3],
      options: { map: { 1: 7, 7: 1 } },
      poisoned: { inputs: [0, 0, 0], labels: [7, 1, 3] },
    },
  ],
});

test.each([[{ 0: 3 }], [{ 3: 0 }]])('a map %j of three classes does not fit', (map) => {
  const options = parseOptions(labelFlip, { map }) as Parameters<
    NonNullable<typeof labelFlip.misfit>
  >[1];
  expect(labelFlip.misfit?.(shape, options)).toEqual({
    option: 'map',
    found: 'map names the label 3, but labels are 0 to 2',
    advice: 'expected labels from 0 to 2 on both sides',
  });
});

test.each([{ map: { one: 1 } }, { map: { 1: -1 } }, { map: { 1: 1.5 } }])(
  '%j is refused',
  (options) => {
    expect(() => parseOptions(labelFlip, options)).toThrow('of label-flip');
  },
);
