import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import Papa from 'papaparse';
import { expect, test } from 'vitest';
import { tableRows } from '#src/mobility/formats/table-rows.js';
import { temporaryFolder } from '../temporary-folder.ts';

/** Larger than the pieces of a file, which so cut rows, quoted cells, ends of lines and letters of two bytes. */
const CELLS = ['12.5', 'é', '"a ""b"", ;\nc"', '', 'ünder the brïdge', '"\r\n"', '-3'];
function tableOf(newline: string, delimiter: string, quoted: boolean): string {
  const cells = quoted ? CELLS : CELLS.filter((cell) => !cell.includes('"'));
  const rows = Array.from({ length: 60_000 }, (_, row) =>
    Array.from({ length: 4 }, (_, i) => cells[(row * row + 3 * i) % cells.length]).join(delimiter),
  );
  return ['time,id,x,y'.replaceAll(',', delimiter), ...rows].join(newline);
}

test.each([
  ['\n', ',', false],
  ['\r\n', ';', false],
  ['\n', ';', true],
  ['\r\n', '\t', true],
])(
  'rows that end with %j and cells with %j come in pieces as from the whole text',
  async (newline, delimiter, quoted) => {
    const text = tableOf(newline, delimiter, quoted);
    const whole = Papa.parse<string[]>(text, { delimiter, newline: newline as '\n' }).data;
    for (const bytes of [Buffer.from(text), gzipSync(text), Buffer.from(`${text}${newline}`)]) {
      const file = join(temporaryFolder('table'), 'table.csv');
      writeFileSync(file, bytes);
      const pieces: string[][][] = [];
      for await (const rows of tableRows(file, '')) pieces.push(rows);
      expect(pieces.length).toBeGreaterThan(2);
      const rows = pieces.flat();
      if (rows.at(-1)?.join('') === '' && rows.length > whole.length) rows.pop();
      expect(rows).toHaveLength(whole.length);
      // The expectation of all rows at once would take ten times as long.
      const differing = rows.findIndex((row, i) => !isDeepStrictEqual(row, whole[i]));
      expect([rows[differing], whole[differing]]).toEqual([undefined, undefined]);
    }
  },
);
