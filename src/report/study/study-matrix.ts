import { textTable } from '../format/text-table.ts';
import { wrapped } from '../format/wrapped.ts';
import type { ArmSummary } from './study-summary.ts';

/** The arms of a study with two factors, by the levels of the one and of the other. */
export interface StudyMatrix {
  /** The factors' names. */
  factors: [string, string];
  rows: string[];
  columns: string[];
  /** By row, then by column; null where there is no such arm, or none of its runs counts. */
  accuracies: (number | null)[][];
}

/** The most arms that fit a list, and curves that fit a plot. */
const FIT_A_LIST = 20;

/** Null for a study whose arms are better listed: few, of other than two factors, or regressions. */
export function studyMatrix(arms: readonly ArmSummary[]): StudyMatrix | null {
  const factors = Object.keys(arms[0]?.levels ?? {});
  const [first, second] = factors;
  if (factors.length !== 2 || arms.every(({ measures }) => measures.accuracy === null)) return null;
  const rows = distinct(arms, first!);
  const columns = distinct(arms, second!);
  if (rows.length * columns.length <= FIT_A_LIST) return null;
  const accuracies = rows.map((row) =>
    columns.map((column) => {
      const arm = arms.find(({ levels }) => levels[first!] === row && levels[second!] === column);
      return arm?.measures.accuracy?.mean ?? null;
    }),
  );
  return { factors: [first!, second!], rows, columns, accuracies };
}

/** Accuracies in percent, as aligned text, in lines of at most `width` characters. */
export function matrixTable(
  matrix: StudyMatrix,
  seeds: number,
  width = Number.POSITIVE_INFINITY,
): string {
  const note = `accuracy in %, mean over ${seeds} seed${seeds === 1 ? '' : 's'}; study.csv has each run, study.md the whole table`;
  const lines = wrapped(note, width).join('\n');
  return `${textTable(...cells(matrix), { width })}\n${lines}\n`;
}

/** The same as a table in Markdown. */
export function matrixMarkdown(matrix: StudyMatrix): string {
  const [header, rows] = cells(matrix);
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  const rule = `|---|${matrix.columns.map(() => '---:|').join('')}`;
  return `${[line(header), rule, ...rows.map(line)].join('\n')}\n`;
}

function cells({ factors, rows, columns, accuracies }: StudyMatrix): [string[], string[][]] {
  return [
    [factors[0], ...columns],
    rows.map((row, index) => [row, ...accuracies[index]!.map(shown)]),
  ];
}

function shown(accuracy: number | null): string {
  return accuracy === null ? '-' : (accuracy * 100).toFixed(1);
}

function distinct(arms: readonly ArmSummary[], factor: string): string[] {
  return [...new Set(arms.map(({ levels }) => levels[factor]!))];
}
