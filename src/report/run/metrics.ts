import type { Quantity, SimulatedLine } from '../../journal/events.ts';
import { csvText } from '../format/csv.ts';
import type { Staleness } from './staleness.ts';

type Evaluated = Extract<SimulatedLine, { type: 'evaluated' }>;
type Scores = NonNullable<Evaluated['macro']>;

/** One evaluation, and what had happened in the system up to then. */
export interface MetricsRow {
  event: number;
  round: number;
  simTimeS: number;
  /** Null when the journal ends before the numbers were there. */
  wallTimeS: number | null;
  version: number;
  epoch: number;
  /** Gradients aggregated at their edges so far. */
  gradients: number;
  updates: number;
  split: string;
  accuracy: number | null;
  loss: Quantity | null;
  /** Of a regression, in the targets' unit. */
  rmse: Quantity | null;
  mae: Quantity | null;
  r2: Quantity | null;
  macro: Scores | null;
  micro: Scores | null;
  /** Where a back door is tried: the share of other classes' items that go through it. */
  attackSuccess: number | null;
  /**
   * Of what was aggregated since the evaluation before: gradients at their servers, results at the
   * cloud. Null when nothing was.
   */
  gradientStaleness: Staleness | null;
  resultStaleness: Staleness | null;
  /** Workers associated with a server at that time. */
  inRange: number;
  /** All of these count from the start of the run. */
  started: number;
  dropped: number;
  lost: number;
  resultsDropped: number;
  resultsLost: number;
  messagesLost: number;
  handovers: number;
  nonFinite: number;
}

type Column = [name: string, value: (row: MetricsRow) => string | number | null | undefined];

const COLUMNS: Column[] = [
  ['round', (row) => row.round],
  ['sim_time_s', (row) => row.simTimeS],
  ['wall_time_s', (row) => row.wallTimeS],
  ['version', (row) => row.version],
  ['epoch', (row) => row.epoch],
  ['gradients', (row) => row.gradients],
  ['updates', (row) => row.updates],
  ['split', (row) => row.split],
  ['accuracy', (row) => row.accuracy],
  ['loss', (row) => row.loss],
  ['rmse', (row) => row.rmse],
  ['mae', (row) => row.mae],
  ['r2', (row) => row.r2],
  ['macro_precision', (row) => row.macro?.precision],
  ['macro_recall', (row) => row.macro?.recall],
  ['macro_f1', (row) => row.macro?.f1],
  ['micro_precision', (row) => row.micro?.precision],
  ['micro_recall', (row) => row.micro?.recall],
  ['micro_f1', (row) => row.micro?.f1],
  ['attack_success', (row) => row.attackSuccess],
  ['gradient_staleness_mean', (row) => row.gradientStaleness?.mean],
  ['gradient_staleness_max', (row) => row.gradientStaleness?.maximum],
  ['result_staleness_mean', (row) => row.resultStaleness?.mean],
  ['result_staleness_max', (row) => row.resultStaleness?.maximum],
  ['in_range', (row) => row.inRange],
  ['gradients_started', (row) => row.started],
  ['gradients_dropped', (row) => row.dropped],
  ['gradients_lost', (row) => row.lost],
  ['results_dropped', (row) => row.resultsDropped],
  ['results_lost', (row) => row.resultsLost],
  ['messages_lost', (row) => row.messagesLost],
  ['handovers', (row) => row.handovers],
  ['non_finite', (row) => row.nonFinite],
];

/** metrics.csv: one line an evaluation. A value that is not finite reads NaN or Infinity. */
export function metricsCsv(rows: readonly MetricsRow[]): string {
  return csvText(
    COLUMNS.map(([name]) => name),
    rows.map((row) => COLUMNS.map(([, value]) => value(row))),
  );
}
