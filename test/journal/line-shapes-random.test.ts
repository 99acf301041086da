import fc from 'fast-check';
import { expect, it } from 'vitest';
import { problemOfFields } from '#src/journal/event-schema.js';
import type { JournalLine } from '#src/journal/events.js';
import { LineShapes } from '#src/journal/line-shapes.js';

const isValid = (event: unknown) => problemOfFields(event as JournalLine) === null;

const name = fc.oneof(
  {
    arbitrary: fc.constantFrom('worker-001', 'worker-002', 'north', 'a name of words', ''),
    weight: 20,
  },
  { arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 20 }), weight: 2 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 20 }), weight: 1 },
);
const count = fc.oneof(
  { arbitrary: fc.nat(20), weight: 20 },
  { arbitrary: fc.nat(999_999_999), weight: 5 },
  { arbitrary: fc.maxSafeNat(), weight: 1 },
);
const anyNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ noNaN: true, min: -2, max: 2 }),
  fc.integer(),
  fc.constantFrom(0, -1, 1e-7, 1e21, -3.5e300, 5e-324),
);
const list = fc.array(anyNumber, { maxLength: 6 });
const pair = fc.tuple(anyNumber, anyNumber);
const server = { server: name, round: count, version: count };
const events = fc.oneof(
  fc.record({ type: fc.constant('gradient-started'), gradient: count, worker: name, ...server }),
  fc.record({
    type: fc.constant('gradient-ended'),
    ...{ gradient: count, worker: name, server: name },
    outcome: fc.constantFrom('aggregated', 'dropped', 'lost', 'vanished'),
  }),
  fc.record({
    type: fc.constant('transfer-started'),
    ...{ from: name, to: name, what: fc.constantFrom('theta', 'gradient'), number: count },
    bytes: count,
  }),
  fc.record(
    {
      type: fc.constant('aggregated'),
      ...{ server: name, layer: name, round: count, version: count, result: count },
      ...{ vectors: count, senders: count, byzantine: count, byzantineSenders: count },
      ...{ declaredF: count, atDeadline: fc.boolean() },
      staleness: fc.record({ mean: anyNumber, maximum: count }),
      norm: fc.oneof(anyNumber, fc.constantFrom('NaN', 'Infinity')),
      geometry: fc.record({
        vectors: fc.array(count, { maxLength: 4 }),
        norms: list,
        toResult: fc.record({ distances: list, anglesDeg: fc.array(fc.option(anyNumber)) }),
        distances: list,
        plane: fc.record({ vectors: fc.array(pair), result: pair, share: anyNumber }),
      }),
    },
    { requiredKeys: ['type', 'server', 'layer', 'round', 'version', 'result', 'vectors'] },
  ),
  fc.record({
    type: fc.constant('participants'),
    server: name,
    round: count,
    names: fc.array(name),
  }),
);

/** Of a line: other spellings of it, and damage. */
const changes = [
  (line: string) => line,
  (line: string) => line.replace(/([[:,])(\d+)([,}\]])/, '$1$2.0$3'),
  (line: string) => line.replace(/([[:,])(\d+)([,}\]])/, '$10$2$3'),
  (line: string) => line.replace(/([[:,])(\d+)([,}\]])/, '$1-$2$3'),
  (line: string) => line.replace(/([[:,]-?\d+\.?\d*)([,}\]])/, '$1e400$2'),
  (line: string) => line.replace(/"([a-z]+)":/, '"$1" :'),
  (line: string) => line.replace(/"timeUs":(\d+),"type":("[^"]*")/, '"type":$2,"timeUs":$1'),
  (line: string) => line.replace(/("[a-z]+"):("[^"]*"),("[a-z]+"):/i, '$3:$2,$1:'),
  (line: string) => line.replace(/worker-/, '\\u0077orker-'),
  (line: string) => line.slice(0, -1),
  (line: string) => `${line}}`,
  (line: string) => line.replace(/\]/, ',]'),
  (line: string) => line.replace(/\[/, '[['),
  (line: string) => line.replace(/,/, ''),
];

it('every line of a random journal is read as JSON.parse reads it, or left to it', () => {
  let known = 0;
  let lines = 0;
  const line = fc.record({
    n: count,
    timeUs: count,
    event: events,
    change: fc.oneof(fc.constant(0), fc.nat(changes.length - 1)),
  });
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 60, maxLength: 120 }),
      fc.boolean(),
      (all, hasLists) => {
        const shapes = new LineShapes(isValid, { hasLists });
        const texts = all.map(({ n, timeUs, event, change }) => {
          return changes[change]!(JSON.stringify({ n, timeUs, ...event }));
        });
        const block = Buffer.from(texts.map((text) => `${text}\n`).join(''));
        let start = 0;
        for (const text of texts) {
          const end = start + Buffer.byteLength(text);
          const read = shapes.read(block, start, end) as { type: string } | null;
          const parsed = parsedOf(text);
          lines += 1;
          if (read !== null) {
            known += 1;
            expect(isValid(parsed)).toBe(true);
            expect(hasLists ? read : withoutLists(read)).toEqual(
              hasLists ? parsed : withoutLists(parsed),
            );
            expect(Object.keys(read)).toEqual(Object.keys(parsed as object));
          } else if (isEvent(parsed) && isValid(parsed)) {
            shapes.learn(parsed, block, start, end);
          }
          start = end + 1;
        }
      },
    ),
    { numRuns: 60 },
  );
  // It is no journal of exceptions only.
  expect(known).toBeGreaterThan(lines / 10);
});

function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isEvent(value: unknown): value is { type: string } {
  return typeof (value as { type?: unknown } | null)?.type === 'string';
}

/** Every list in it empty. */
function withoutLists(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, each) => (Array.isArray(each) ? [] : each));
}
