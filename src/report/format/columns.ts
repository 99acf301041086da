import { type CsvValue, csvLine } from './csv.ts';

/** One column of a report's file, and what any format needs to write it. */
export interface Column<Line> {
  name: string;
  type: 'integer' | 'number' | 'text' | 'boolean';
  /** The quantity that is counted or measured; null where there is none. */
  unit: string | null;
  /** One sentence without a final stop. */
  meaning: string;
  /** Null or undefined where the line has no value. Numbers that are not finite may be text. */
  value: (line: Line) => CsvValue;
}

/** The lines as comma-separated text, under the names of the columns. */
export function csvOf<Line>(columns: readonly Column<Line>[], lines: Iterable<Line>): string {
  return [...csvLines(columns, lines)].join('');
}

/** The same line by line, for files that are longer than memory. */
export function* csvLines<Line>(
  columns: readonly Column<Line>[],
  lines: Iterable<Line>,
): Generator<string> {
  yield csvLine(columns.map(({ name }) => name));
  for (const line of lines) yield csvLine(columns.map(({ value }) => value(line)));
}

/** The columns as a table in Markdown. */
export function columnsMarkdown(columns: readonly Column<never>[]): string {
  const rows = columns.map(
    ({ name, type, unit, meaning }) => `| \`${name}\` | ${type} | ${unit ?? ''} | ${meaning} |\n`,
  );
  return `| column | type | unit | meaning |\n|---|---|---|---|\n${rows.join('')}`;
}
