import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Column } from '#src/report/format/columns.js';
import { columnsMarkdown, csvOf } from '#src/report/format/columns.js';
import { aggregationColumns, type ServerClosing } from '#src/report/run/aggregations.js';
import { metricsColumns } from '#src/report/run/metrics.js';
import { readRunRecord } from '#src/report/run/run-record.js';
import { studyColumns } from '#src/report/study/study-columns.js';
import { tenSeconds } from '../hand-made-journal.ts';

const closings: ServerClosing[] = [];
const { rows } = await readRunRecord(join(await tenSeconds().save(), 'journal.jsonl'), (line) => {
  if (line.type === 'aggregated' || line.type === 'no-result') closings.push(line);
});

const isOf = {
  integer: (value: unknown) => Number.isInteger(value),
  number: (value: unknown) => typeof value === 'number' || /^(NaN|-?Infinity)$/.test(String(value)),
  text: (value: unknown) => typeof value === 'string',
  boolean: (value: unknown) => typeof value === 'boolean',
};

function expectTyped<Line>(columns: readonly Column<Line>[], lines: readonly Line[]): void {
  expect(lines.length).toBeGreaterThan(0);
  for (const { name, type, value } of columns) {
    const values = lines.map(value).filter((each) => (each ?? null) !== null);
    expect({ [name]: values.filter((each) => !isOf[type](each)) }).toEqual({ [name]: [] });
  }
}

test('each value has the type of its column', () => {
  expectTyped(metricsColumns, rows);
  expectTyped(aggregationColumns, closings);
});

test('no file has a column twice', () => {
  const files = [metricsColumns, aggregationColumns, studyColumns(['rule', 'f'], [0.5, 0.9])];
  for (const names of files.map((columns) => columns.map(({ name }) => name))) {
    expect(names).toEqual([...new Set(names)]);
  }
});

test('the file and the table of the documentation come from the same columns', () => {
  const columns: Column<number>[] = [
    { name: 'n', type: 'integer', unit: 'nodes', meaning: 'how many', value: (line) => line },
    { name: 'odd', type: 'boolean', unit: null, meaning: 'is odd', value: (line) => line % 2 > 0 },
  ];
  expect(csvOf(columns, [1, 2])).toBe('n,odd\n1,true\n2,false\n');
  expect(columnsMarkdown(columns)).toBe(
    '| column | type | unit | meaning |\n|---|---|---|---|\n| `n` | integer | nodes | how many |\n| `odd` | boolean |  | is odd |\n',
  );
});
