import { expect, test } from 'vitest';
import { FailureTally } from '#src/report/run/failure-tally.js';
import { HandMadeJournal } from '../hand-made-journal.ts';

test('what fails is counted each time, and the times for which it lasts are added up', () => {
  const journal = new HandMadeJournal().start();
  journal.at(2, { type: 'crashed', node: 'a', state: 'lost' });
  journal.at(3, { type: 'cut', server: 'a', parent: 'cloud' });
  journal.at(4, { type: 'recovered', node: 'a' });
  journal.at(6.5, { type: 'restored', server: 'a', parent: 'cloud' });
  journal.at(7, { type: 'crashed', node: 'a', state: 'lost' });
  journal.at(8, { type: 'crashed', node: 'w', state: 'kept' });
  const tally = new FailureTally();
  for (const line of journal.lines) tally.add(line);
  expect(tally.facts(10e6)).toEqual({
    crashes: 3,
    cuts: 1,
    downS: { a: 5, w: 2 },
    cutS: { a: 3.5 },
  });
});
