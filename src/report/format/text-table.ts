import { wrapped } from './wrapped.ts';

/** How a table fits into lines of a width. */
interface TableRoom {
  /** Characters that a line has room for: without end by default. */
  width?: number;
  /** Headers of columns to leave out where there is no room, the first one first. */
  leaveOut?: readonly string[];
}

const GAP = '  ';
/** Characters that a shortened name keeps at least. */
const LEAST_NAME = 8;

/**
 * Rows as aligned text under a header and a rule. Columns of numbers go right, names left. Where
 * the width is too small columns are left out and named below, then names are shortened.
 */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { width = Number.POSITIVE_INFINITY, leaveOut = [] }: TableRoom = {},
): string {
  const all = header.map((title, column) => columnOf(title, rows, column));
  const shown = fitting(all, width, leaveOut);
  const spare = width - lengthOf(shown);
  const [names, ...others] = shown;
  if (names !== undefined && spare < 0) {
    shown.splice(0, 1, shortened(names, Math.max(LEAST_NAME, names.width + spare)));
  }
  const line = (row: number) =>
    shown
      .map(({ cells, width: own, isRight }) => {
        return isRight ? cells[row]!.padStart(own) : cells[row]!.padEnd(own);
      })
      .join(GAP)
      .trimEnd();
  const rule = shown.map((column) => '-'.repeat(column.width)).join(GAP);
  const lines = [line(0), rule, ...rows.map((_, row) => line(row + 1))];
  const hidden = all.filter((column) => column !== names && !others.includes(column));
  if (hidden.length > 0) {
    const titles = hidden.map(({ cells }) => cells[0]).join(', ');
    lines.push(...wrapped(`(no room for: ${titles})`, width));
  }
  return `${lines.join('\n')}\n`;
}

interface TextColumn {
  /** The header, then a cell a row. */
  cells: string[];
  width: number;
  isRight: boolean;
}

function columnOf(title: string, rows: readonly (readonly string[])[], column: number): TextColumn {
  const cells = [title, ...rows.map((row) => row[column] ?? '')];
  const width = Math.max(...cells.map((cell) => cell.length));
  // The first column names the row, also when its cells begin with a digit.
  const isRight = column > 0 && cells.slice(1).some((cell) => /^[-+]?\d/.test(cell));
  return { cells, width, isRight };
}

/** The columns that there is room for: the first one always. */
function fitting(
  all: readonly TextColumn[],
  width: number,
  leaveOut: readonly string[],
): TextColumn[] {
  const shown = [...all];
  const fits = () => {
    const [names] = shown;
    const most = names === undefined ? 0 : Math.max(0, names.width - LEAST_NAME);
    return lengthOf(shown) - (shown.length > 2 ? 0 : most) <= width;
  };
  for (const title of leaveOut) {
    if (fits()) break;
    const index = shown.findIndex(({ cells }) => cells[0] === title);
    if (index > 0) shown.splice(index, 1);
  }
  while (!fits() && shown.length > 1) shown.pop();
  return shown;
}

function lengthOf(columns: readonly TextColumn[]): number {
  const widths = columns.reduce((sum, { width }) => sum + width, 0);
  return widths + GAP.length * Math.max(0, columns.length - 1);
}

/** Names often differ at their ends, so the middle goes. */
function shortened({ cells, isRight }: TextColumn, width: number): TextColumn {
  const end = Math.floor((width - 1) / 2);
  const cut = (cell: string) =>
    cell.length <= width ? cell : `${cell.slice(0, width - 1 - end)}…${cell.slice(-end)}`;
  return { cells: cells.map(cut), width, isRight };
}
