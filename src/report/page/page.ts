import type { Column } from '../format/columns.ts';
import type { CsvValue } from '../format/csv.ts';
import type { Markup } from './html.ts';

/** Contents of the report of a run or a study, before it is written in a format. */
export interface ReportPage {
  kind: 'run' | 'study';
  title: string;
  /** Facts below the title, each a short phrase. */
  facts: string[];
  /** Results, in sentences. */
  summary: string[];
  figures: (Figure | LeftOut)[];
  tables: NamedTable[];
  /** Paragraphs. */
  methods: string[];
  /** Shell commands that make it again, each with what it does. */
  commands: { does: string; command: string }[];
  /** Configs and the like, as they are. */
  documents: { title: string; text: string }[];
  provenance: DataTable;
  citation: { text: string; bibtex: string };
}

/** A figure with its data. */
export interface Figure {
  /** Also the name of its files. */
  id: string;
  title: string;
  /** Contents of the figure, and how to read it. */
  caption: string;
  svg: Markup;
  data: DataTable;
}

/** A figure that there is no data for. */
export interface LeftOut {
  id: string;
  title: string;
  /** A sentence. */
  why: string;
}

export interface NamedTable {
  id: string;
  title: string;
  caption: string;
  data: DataTable;
}

/** Rows under columns with their units and meanings. */
export interface DataTable {
  columns: Omit<Column<never>, 'value'>[];
  rows: CsvValue[][];
}

export function isFigure(figure: Figure | LeftOut): figure is Figure {
  return 'svg' in figure;
}

/** Of a column: its name, type and meaning without a stop, how its value is found, and its unit. */
export type ColumnOf<Line> = readonly [
  name: string,
  type: Column<Line>['type'],
  meaning: string,
  value: Column<Line>['value'],
  unit?: string | null,
];

/** The table of some lines. */
export function dataTable<Line>(
  lines: readonly Line[],
  columns: readonly ColumnOf<Line>[],
): DataTable {
  const all = columns.map(([name, type, meaning, value, unit = null]) => {
    return { name, type, meaning, value, unit };
  });
  return columnTable(lines, all);
}

/** The same of columns that a CSV file has too. */
export function columnTable<Line>(
  lines: readonly Line[],
  columns: readonly Column<Line>[],
): DataTable {
  return {
    columns: columns.map(({ name, type, unit, meaning }) => ({ name, type, unit, meaning })),
    rows: lines.map((line) => columns.map(({ value }) => value(line))),
  };
}
