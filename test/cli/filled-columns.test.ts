import { expect, test } from 'vitest';
import { filledColumns } from '#src/cli/filled-columns.js';

test('of the optional columns those are left out that hold nothing in any row', () => {
  const header = ['site', 'lat', 'lon', 'range'];
  const rows = [
    ['a', '-', '', '-'],
    ['b', '-', '5', '-'],
    // A row without cells behind its name.
    ['c'],
  ];
  expect(filledColumns(header, rows, ['lat', 'lon'])).toEqual({
    header: ['site', 'lon', 'range'],
    rows: [['a', '', '-'], ['b', '5', '-'], ['c']],
  });
});
