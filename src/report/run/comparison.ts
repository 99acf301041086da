import type { Quantity } from '../../journal/quantity.ts';
import type { EndReason } from '../../journal/reasons.ts';
import { textTable } from '../format/text-table.ts';
import { DEFAULT_REACH, type Reached, reachedBy } from './reached.ts';
import type { RunRecord } from './run-record.ts';

/** Results of one run, beside others. Shares are of 1; times are seconds. */
export interface ComparedRun {
  run: string;
  seed: number;
  /** Null for a run that has not ended. */
  ended: EndReason | null;
  /** It has ended, and no update has changed its model. */
  untrained: boolean;
  accuracy: { final: number | null; best: number | null };
  /** Of a regression, whose accuracy is null. */
  rmse: { final: Quantity | null; best: number | null };
  loss: Quantity | null;
  rounds: number;
  updates: number;
  simTimeS: number;
  wallTimeS: number;
  /** Null of a tree of models, where changes are counted by node. */
  gradients: { started: number; aggregated: number; dropped: number; lost: number } | null;
  handovers: number;
  crashes: number;
  journalHash: string;
  /** Costs to reach accuracies. */
  reached: Reached[];
}

/** `reach`: the accuracies. */
export function compared(
  run: string,
  record: RunRecord,
  reach: readonly number[] = DEFAULT_REACH,
): ComparedRun {
  const { seed, ended, accuracy, rmse, loss, rounds, updates, simTimeS, wallTimeS } = record;
  const { started, aggregated, dropped, lost } = record.gradients;
  return {
    ...{ run, seed, ended, untrained: ended !== null && updates === 0 },
    ...{ accuracy, rmse, loss: loss.final },
    ...{ rounds, updates, simTimeS, wallTimeS },
    gradients: record.tree === null ? { started, aggregated, dropped, lost } : null,
    handovers: record.handovers,
    crashes: record.failures.crashes,
    journalHash: record.extent.hash,
    reached: reachedBy(record.rows, reach),
  };
}

const HASH_CHARACTERS = 12;

/** Columns that a small terminal does without, the first one first. */
const LEAVE_OUT = [
  ...['handovers', 'crashes', 'lost', 'wall s', 'dropped', 'aggregated', 'started', 'seed'],
  ...['updates', 'ended', 'time s', 'best', 'loss', 'rounds'],
];

/**
 * A row a run, or a column a run where that fits the width and rows do not. Accuracy, or RMSE where
 * any of them is a regression.
 */
export function comparisonTable(
  runs: readonly ComparedRun[],
  width = Number.POSITIVE_INFINITY,
): string {
  const isRegression = runs.some(({ rmse }) => rmse.final !== null);
  const header = [
    ...['run', 'seed', 'ended', isRegression ? 'RMSE' : 'accuracy', 'best', 'loss', 'rounds'],
    ...['updates', 'time s', 'wall s', 'started', 'aggregated', 'dropped', 'lost', 'handovers'],
    ...['crashes', 'journal'],
  ];
  const rows = runs.map((each) => {
    const { final, best } = isRegression ? each.rmse : each.accuracy;
    const { started, aggregated, dropped, lost } = each.gradients ?? {};
    return [
      ...[each.run, String(each.seed), each.untrained ? 'untrained' : (each.ended ?? '-')],
      ...[final, best].map(isRegression ? quantityText : shareText),
      quantityText(each.loss),
      ...[each.rounds, each.updates].map(String),
      ...[each.simTimeS, each.wallTimeS].map((seconds) => seconds.toFixed(1)),
      ...[started, aggregated, dropped, lost].map((count) => `${count ?? '-'}`),
      ...[each.handovers, each.crashes].map(String),
      each.journalHash.slice(0, HASH_CHARACTERS),
    ];
  });
  const flat = textTable(header, rows);
  if (isWithin(flat, width)) return flat;
  const [names, ...facts] = header.map((title, column) => [
    title,
    ...rows.map((row) => row[column]!),
  ]);
  const upright = textTable(names!, facts);
  return isWithin(upright, width)
    ? upright
    : textTable(header, rows, { width, leaveOut: LEAVE_OUT });
}

function isWithin(text: string, width: number): boolean {
  return text.split('\n').every((line) => line.length <= width);
}

function shareText(value: Quantity | null): string {
  return typeof value === 'number' ? `${(100 * value).toFixed(2)} %` : (value ?? '-');
}

function quantityText(value: Quantity | null): string {
  return typeof value === 'number' ? value.toFixed(4) : (value ?? '-');
}
