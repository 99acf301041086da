import { expect, test } from 'vitest';
import { z } from 'zod';
import { compiledCheck } from '#src/journal/compiled-check.js';
import { simulatedSchemas } from '#src/journal/simulated-schemas.js';
import { events } from '../fuzz/samples.ts';

const SCHEMA = z.object({
  type: z.literal('event'),
  name: z.string(),
  flag: z.boolean(),
  yes: z.literal(true).exactOptional(),
  count: z.int().nonnegative(),
  real: z.number(),
  quantity: z.union([z.number(), z.enum(['NaN', 'Infinity'])]),
  none: z.string().nullable(),
  list: z.array(z.array(z.int())).readonly(),
  map: z.record(z.string(), z.array(z.string())),
  pair: z.tuple([z.int(), z.string()]),
  inner: z.object({ x: z.number() }).nullable().exactOptional(),
});

const RIGHT = {
  ...{ type: 'event', name: 'a', flag: false, count: 0, real: -0.5, quantity: 'NaN', none: null },
  ...{ list: [[1], []], map: { a: ['b'] }, pair: [1, 'a'] },
};

/** Values of every kind that JSON has. */
const VALUES = [
  ...[null, true, false, 0, -0, 1, -1, 0.5, 2 ** 53, 2 ** 60, '', 'a', 'NaN', 'event', 'Infinity'],
  ...[
    [],
    [1],
    [[1]],
    [[0.5]],
    [['a']],
    [null],
    [1, 'a'],
    [1, 'a', 2],
    ['a', 1],
    {},
    { x: 1 },
    { x: null },
    { a: ['b'] },
    { a: [1] },
  ],
  JSON.parse('1e999') as number,
];

test('the check says of every value in every field what the schema says', () => {
  const check = compiledCheck(SCHEMA);
  expect(check(RIGHT)).toBe(true);
  for (const field of Object.keys(SCHEMA.shape)) {
    const { [field as keyof typeof RIGHT]: _, ...without } = RIGHT;
    expect(check(without), `without ${field}`).toBe(SCHEMA.safeParse(without).success);
    for (const value of VALUES) {
      const line = { ...RIGHT, [field]: value };
      const message = `${field}: ${JSON.stringify(value)}`;
      expect(check(line), message).toBe(SCHEMA.safeParse(line).success);
    }
  }
  for (const value of VALUES) expect(check(value)).toBe(SCHEMA.safeParse(value).success);
});

test('so do the checks of all events of nodes', () => {
  const schemas = simulatedSchemas({ object: z.object, name: z.string() }).ofNodes;
  const samples = events(1) as unknown as Record<string, Record<string, unknown>>;
  let checked = 0;
  for (const schema of schemas) {
    const check = compiledCheck(schema);
    const sample = samples[schema.shape.type.value]!;
    expect(check(sample), JSON.stringify(sample)).toBe(true);
    for (const field of Object.keys(schema.shape)) {
      for (const value of VALUES) {
        const line = { ...sample, [field]: value };
        expect(check(line), JSON.stringify(line)).toBe(schema.safeParse(line).success);
        checked += 1;
      }
    }
  }
  expect(checked).toBeGreaterThan(2000);
});

test('kinds of schemas that it does not know are checked by themselves', () => {
  const check = compiledCheck(
    z.object({ at: z.tuple([z.number()], z.string()), share: z.number().max(1) }),
  );
  expect(check({ at: [1, 'a'], share: 0.5 })).toBe(true);
  expect(check({ at: ['a', 1], share: 0.5 })).toBe(false);
  expect(check({ at: [1, 'a'], share: 1.5 })).toBe(false);
});
