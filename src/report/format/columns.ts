import { type CsvValue, csvText } from './csv.ts';

/** One column of a report's file, and what any format needs to write it. */
export interface Column<Line> {
  name: string;
  type: 'integer' | 'number' | 'text' | 'boolean';
  /** What is counted or measured; null where there is none. */
  unit: string | null;
  /** One sentence without a final stop. */
  meaning: string;
  /** Null or undefined where the line has no value. Numbers that are not finite may be text. */
  value: (line: Line) => CsvValue;
}

/** The lines as comma-separated text, under the names of the columns. */
export function csvOf<Line>(columns: readonly Column<Line>[], lines: readonly Line[]): string {
  return csvText(
    columns.map(({ name }) => name),
    lines.map((line) => columns.map(({ value }) => value(line))),
  );
}

/** The columns as a table in Markdown. */
export function columnsMarkdown(columns: readonly Column<never>[]): string {
  const rows = columns.map(
    ({ name, type, unit, meaning }) => `| \`${name}\` | ${type} | ${unit ?? ''} | ${meaning} |\n`,
  );
  return `| column | type | unit | meaning |\n|---|---|---|---|\n${rows.join('')}`;
}
