import { expect, it } from 'vitest';
import type { JournalLine } from '#src/journal/events.js';
import { marksOf } from '#src/journal/marks.js';

const at = { n: 0, timeUs: 0, server: 'north', round: 1, version: 1 };
const marks = (line: object) => marksOf({ ...at, ...line } as unknown as JournalLine);
const aggregated = (more: object) => marks({ type: 'aggregated', vectors: 11, ...more });

it.each([
  [{ seen: { honest: 6, byzantine: 5 }, exceeded: true }, ['aggregation', 'exceeded']],
  [{ seen: { honest: 5, byzantine: 6 }, exceeded: true }, ['aggregation', 'exceeded', 'majority']],
  [{ seen: { honest: 0, byzantine: 0 }, exceeded: false }, ['aggregation']],
  // A majority of the vectors of which f had been declared: the rule may be the mean, with any f.
  [{ seen: { honest: 1, byzantine: 2 }, exceeded: false }, ['aggregation', 'majority']],
  [{ nonFinite: 1 }, ['aggregation', 'divergence']],
  [{ nonFinite: 0, norm: 1, loss: 2 }, ['aggregation']],
  [{ norm: 'Infinity' }, ['aggregation', 'divergence']],
])('an aggregation with %o is %o', (more, wanted) => {
  expect(aggregated(more)).toEqual(wanted);
});

it('a divergence is a loss or a model that is not finite', () => {
  expect(marks({ type: 'evaluated', loss: 'NaN' })).toEqual(['evaluation', 'divergence']);
  expect(marks({ type: 'evaluated', loss: 3 })).toEqual(['evaluation']);
  expect(marks({ type: 'updated', thetaNorm: 'Infinity' })).toEqual(['divergence']);
  expect(marks({ type: 'updated', thetaNorm: 5 })).toEqual([]);
  expect(marks({ type: 'window-trained', loss: '-Infinity' })).toEqual(['divergence']);
  expect(marks({ type: 'window-trained', loss: 0.5 })).toEqual([]);
});
