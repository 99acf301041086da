import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textTable } from '#src/report/format/text-table.js';
import { wrapped } from '#src/report/format/wrapped.js';
import { type ComparedRun, comparisonTable } from '#src/report/run/comparison.js';

const header = ['server', 'layer', 'rounds', 'seconds'];
const rows = [
  ['boylston-charles', 'edge', '12', '1.50'],
  ['cloud', 'cloud', '7', '-'],
];

test('a table without a width has all columns: names to the left, numbers to the right', () => {
  expect(textTable(header, rows)).toBe(`\
server            layer  rounds  seconds
----------------  -----  ------  -------
boylston-charles  edge       12     1.50
cloud             cloud       7        -
`);
});

test('columns are left out in the order given until the rest fits, and are named below', () => {
  expect(textTable(header, rows, { width: 33, leaveOut: ['layer', 'rounds'] })).toBe(`\
server            rounds  seconds
----------------  ------  -------
boylston-charles      12     1.50
cloud                  7        -
(no room for: layer)
`);
  expect(textTable(header, rows, { width: 30, leaveOut: ['layer', 'rounds'] })).toContain(
    '\n(no room for: layer, rounds)\n',
  );
});

test('names are shortened in their middle when nothing else is left', () => {
  expect(textTable(['run', 'n'], [['runs/a-long-name-seed1', '1']], { width: 16 })).toBe(`\
run            n
-------------  -
runs/a…-seed1  1
`);
});

test('no line of a table or of a wrapped text is longer than the width', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'b', '1', ' '), maxLength: 30 });
  const columns = fc.integer({ min: 1, max: 8 });
  fc.assert(
    fc.property(
      columns.chain((count) =>
        fc.array(fc.array(cell, { minLength: count, maxLength: count }), { minLength: 1 }),
      ),
      fc.integer({ min: 45, max: 120 }),
      ([first = [], ...others], width) => {
        const titles = first.map((_, index) => `column-${index}`);
        const table = textTable(titles, others, { width, leaveOut: titles.slice(1).reverse() });
        for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
      },
    ),
  );
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('x', 'é'), minLength: 1, maxLength: 20 })),
      (words) => {
        const lines = wrapped(words.join(' '), 20);
        expect(lines.join(' ')).toBe(words.join(' '));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(20);
      },
    ),
  );
});

function comparedRun(run: string): ComparedRun {
  return {
    ...{ run, seed: 1, ended: 'epochs', untrained: false, accuracy: { final: 0.91, best: 0.92 } },
    ...{ rmse: { final: null, best: null }, loss: 0.3, rounds: 12, updates: 12, simTimeS: 60 },
    ...{ wallTimeS: 1.5, gradients: { started: 643, aggregated: 360, dropped: 267, lost: 0 } },
    ...{ handovers: 0, crashes: 0, journalHash: 'c822ca0ea4a543281374e6171020d629' },
    reached: [],
  };
}

test('a small terminal shows a few compared runs in columns, with every fact', () => {
  const runs = ['runs/quick-seed1', 'runs/quick-seed1-2'].map(comparedRun);
  const upright = comparisonTable(runs, 80).trimEnd().split('\n');
  expect(upright[0]).toMatch(/^run +runs\/quick-seed1 +runs\/quick-seed1-2$/);
  // A header, a rule and the sixteen other facts.
  expect(upright).toHaveLength(18);
  expect(comparisonTable(runs)).toMatch(/^run +seed +ended +accuracy/);
});

test('many compared runs are rows with what a small terminal has room for', () => {
  const runs = Array.from({ length: 9 }, (_, index) => comparedRun(`runs/quick-seed${index}`));
  const table = comparisonTable(runs, 80);
  for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(table).toMatch(/^run .* accuracy .* journal$/m);
  expect(table).toContain('(no room for: ');
});

test('a compared run of a tree of models has no gradients of rounds', () => {
  const table = comparisonTable([{ ...comparedRun('runs/tree'), gradients: null }]);
  expect(table).toMatch(/ +1\.5( +-){4} +0 +0 +c822ca0ea4a5$/m);
});

test('a compared run that learnt nothing is marked in place of how it ended', () => {
  const table = comparisonTable([
    comparedRun('runs/a'),
    { ...comparedRun('runs/b'), untrained: true },
  ]);
  expect(table).toMatch(/^runs\/a +1 +epochs /m);
  expect(table).toMatch(/^runs\/b +1 +untrained /m);
});
