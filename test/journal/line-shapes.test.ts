import { expect, it } from 'vitest';
import { problemOfFields } from '#src/journal/event-schema.js';
import type { JournalLine } from '#src/journal/events.js';
import { LineShapes } from '#src/journal/line-shapes.js';

const isValid = (event: unknown) => problemOfFields(event as JournalLine) === null;
const ended = {
  ...{ n: 7, timeUs: 900, type: 'gradient-ended', gradient: 3, worker: 'w-1', server: 'north' },
  ...{ outcome: 'aggregated', inResult: 2, staleness: 0 },
};

/** The event read from a line once another one is known. */
function readAfter(known: { type: string }, line: string): unknown {
  const shapes = new LineShapes(isValid);
  const text = Buffer.from(JSON.stringify(known));
  shapes.learn(known, text, 0, text.length);
  const bytes = Buffer.from(`\n${line}\n`);
  return shapes.read(bytes, 1, bytes.length - 1);
}

it.each([
  ['numbers and names', { ...ended, n: 1e14, timeUs: 0, gradient: 0, worker: '', server: 'a}' }],
  ['another worker', { ...ended, worker: 'worker number 17' }],
])('reads a line that differs in %s as JSON.parse does', (_, line) => {
  expect(readAfter(ended, JSON.stringify(line))).toEqual(line);
});

it('reads decimal numbers, signs, exponents, and objects inside', () => {
  const sum = { n: 1, timeUs: 2, type: 'evaluated', server: 'c', round: 1, version: 1, epoch: 0 };
  const known = {
    ...sum,
    gradients: 5,
    split: 'test',
    macro: { precision: 0.5, recall: 0.25, f1: 0.1 },
  };
  const other = { ...known, macro: { precision: 1e-7, recall: -3.5e300, f1: 1 } };
  expect(readAfter(known, JSON.stringify(other))).toEqual(other);
});

const text = JSON.stringify(ended);
it.each([
  ['an outcome that no line before it had', text.replace('aggregated', 'in-flight')],
  ['an outcome that there is not', text.replace('aggregated', 'vanished')],
  ['a negative number', text.replace('"gradient":3', '"gradient":-3')],
  ['a fraction', text.replace('"gradient":3', '"gradient":3.5')],
  ['a number with a zero in front', text.replace('"gradient":3', '"gradient":03')],
  ['a number that loses digits', text.replace('"gradient":3', '"gradient":9007199254740993')],
  ['no number', text.replace('"gradient":3', '"gradient":')],
  ['an escape', text.replace('w-1', 'w\\n1')],
  ['a sign beyond ASCII', text.replace('w-1', 'wü1')],
  ['a space', text.replace(',"gradient"', ', "gradient"')],
  ['another field', text.replace('"staleness":0', '"staleness":0,"byzantine":true')],
  ['a field less', text.replace(',"staleness":0', '')],
  ['more behind its end', `${text}}`],
  ['no end', text.slice(0, -3)],
  ['another type', text.replace('gradient-ended', 'gradient-sended')],
])('leaves a line with %s to JSON.parse', (_, line) => {
  expect(readAfter(ended, line)).toBeNull();
});

it('takes an outcome once a line with it was checked', () => {
  const shapes = new LineShapes(isValid);
  for (const outcome of ['aggregated', 'dropped']) {
    const event = { ...ended, outcome };
    const bytes = Buffer.from(JSON.stringify(event));
    expect(shapes.read(bytes, 0, bytes.length)).toBeNull();
    shapes.learn(event, bytes, 0, bytes.length);
    expect(shapes.read(bytes, 0, bytes.length)).toEqual(event);
  }
});

it('refuses an outcome that there is not however often its line is read', () => {
  const shapes = new LineShapes(isValid);
  const bytes = Buffer.from(text);
  shapes.learn(ended, bytes, 0, bytes.length);
  const wrong = Buffer.from(text.replace('aggregated', 'vanished'));
  const reads = Array.from({ length: 4 }, () => shapes.read(wrong, 0, wrong.length));
  expect(reads).toEqual([null, null, null, null]);
});

it('makes no shape of lines with lists of names, or numbers that the schema restricts', () => {
  const list = {
    n: 1,
    timeUs: 2,
    type: 'participants',
    server: 'c',
    round: 1,
    participants: ['w'],
  };
  expect(readAfter(list, JSON.stringify(list))).toBeNull();
  const shapes = new LineShapes((event) => (event as { round: number }).round > 0);
  const event = { n: 1, timeUs: 2, type: 'round-ended', server: 'c', round: 1 };
  const bytes = Buffer.from(JSON.stringify(event));
  shapes.learn(event, bytes, 0, bytes.length);
  expect(shapes.read(bytes, 0, bytes.length)).toBeNull();
});
