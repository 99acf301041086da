import { expect, test } from 'vitest';
import { configDifferences } from '#src/config-differences.js';

test('configs differ in the keys that not all of them have, or that have other values', () => {
  const one = { training: { epochs: 1, batch: 20 }, servers: [{ id: 'a' }], seed: 1 };
  const two = { training: { epochs: 2, batch: 20 }, servers: [{ id: 'a' }], seed: 1 };
  const three = { training: { epochs: 1, batch: 20, clip: 3 }, servers: [{ id: 'b' }], seed: 1 };
  expect(configDifferences([one, two, three])).toEqual([
    { path: 'training.epochs', keys: ['training', 'epochs'], values: [1, 2, 1] },
    { path: 'training.clip', keys: ['training', 'clip'], values: [undefined, undefined, 3] },
    { path: 'servers', keys: ['servers'], values: [[{ id: 'a' }], [{ id: 'a' }], [{ id: 'b' }]] },
  ]);
});

test('the order of keys makes no difference, in lists too, nor does a key without a value', () => {
  const one = { a: 1, list: [{ x: 1, y: 2 }], none: undefined };
  expect(configDifferences([one, { list: [{ y: 2, x: 1 }], a: 1 }])).toEqual([]);
});

test('what is a map in one config and none in the other differs as a whole', () => {
  expect(configDifferences([{ attack: null }, { attack: { rule: 'noise' } }])).toEqual([
    { path: 'attack', keys: ['attack'], values: [null, { rule: 'noise' }] },
  ]);
});
