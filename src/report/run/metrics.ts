import type { Scores } from '../../journal/model-events.ts';
import type { Quantity } from '../../journal/quantity.ts';
import { type Column, csvOf } from '../format/columns.ts';
import type { Staleness } from './staleness.ts';
import { type Traffic, trafficColumns } from './traffic.ts';

/** One evaluation, and what had happened in the system up to then. */
export interface MetricsRow extends Traffic {
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
  /** By name: measures of the user's own. */
  metrics: Readonly<Record<string, Quantity>> | null;
  /**
   * Of what was aggregated since the evaluation before: gradients at their servers, results at the
   * cloud. Null when nothing was.
   */
  gradientStaleness: Staleness | null;
  resultStaleness: Staleness | null;
  /** Workers associated with a server at that time. */
  inRange: number;
  /** Of rounds, from the start of the run; null in a tree of models, where changes are counted by node. */
  started: number | null;
  dropped: number | null;
  lost: number | null;
  resultsDropped: number | null;
  resultsLost: number | null;
  /** From the start of the run. */
  nonFinite: number;
  /** Joules drawn by the nodes of layers with `power`; null without such a layer. */
  energyJ: number | null;
}

/** The columns of metrics.csv. */
export const metricsColumns: readonly Column<Partial<MetricsRow>>[] = [
  {
    name: 'round',
    type: 'integer',
    unit: null,
    meaning: 'round that the evaluation is of',
    value: (row) => row.round,
  },
  {
    name: 'sim_time_s',
    type: 'number',
    unit: 's',
    meaning: 'simulated time',
    value: (row) => row.simTimeS,
  },
  {
    name: 'wall_time_s',
    type: 'number',
    unit: 's',
    meaning: 'time since the run began, pauses included',
    value: (row) => row.wallTimeS,
  },
  {
    name: 'version',
    type: 'integer',
    unit: null,
    meaning: 'version of the evaluated model: updates made before',
    value: (row) => row.version,
  },
  {
    name: 'epoch',
    type: 'integer',
    unit: null,
    meaning: 'epoch of training',
    value: (row) => row.epoch,
  },
  {
    name: 'gradients',
    type: 'integer',
    unit: 'gradients',
    meaning: 'aggregated at their servers so far',
    value: (row) => row.gradients,
  },
  {
    name: 'updates',
    type: 'integer',
    unit: 'updates',
    meaning: 'made by the cloud so far',
    value: (row) => row.updates,
  },
  {
    name: 'split',
    type: 'text',
    unit: null,
    meaning: 'part of the dataset that is evaluated',
    value: (row) => row.split,
  },
  {
    name: 'accuracy',
    type: 'number',
    unit: 'share',
    meaning: 'items whose class is recognised',
    value: (row) => row.accuracy,
  },
  {
    name: 'loss',
    type: 'number',
    unit: null,
    meaning: 'mean loss per item',
    value: (row) => row.loss,
  },
  {
    name: 'rmse',
    type: 'number',
    unit: "the target's",
    meaning: 'root of the mean squared error of a regression',
    value: (row) => row.rmse,
  },
  {
    name: 'mae',
    type: 'number',
    unit: "the target's",
    meaning: 'mean absolute error of a regression',
    value: (row) => row.mae,
  },
  {
    name: 'r2',
    type: 'number',
    unit: null,
    meaning: 'coefficient of determination of a regression',
    value: (row) => row.r2,
  },
  {
    name: 'macro_precision',
    type: 'number',
    unit: 'share',
    meaning: 'precision, as mean over the classes',
    value: (row) => row.macro?.precision,
  },
  {
    name: 'macro_recall',
    type: 'number',
    unit: 'share',
    meaning: 'recall, as mean over the classes',
    value: (row) => row.macro?.recall,
  },
  {
    name: 'macro_f1',
    type: 'number',
    unit: 'share',
    meaning: 'F1, as mean over the classes',
    value: (row) => row.macro?.f1,
  },
  {
    name: 'micro_precision',
    type: 'number',
    unit: 'share',
    meaning: 'precision over all items',
    value: (row) => row.micro?.precision,
  },
  {
    name: 'micro_recall',
    type: 'number',
    unit: 'share',
    meaning: 'recall over all items',
    value: (row) => row.micro?.recall,
  },
  {
    name: 'micro_f1',
    type: 'number',
    unit: 'share',
    meaning: 'F1 over all items',
    value: (row) => row.micro?.f1,
  },
  {
    name: 'attack_success',
    type: 'number',
    unit: 'share',
    meaning: "items of other classes that the back door's trigger moves to its target",
    value: (row) => row.attackSuccess,
  },
  {
    name: 'gradient_staleness_mean',
    type: 'number',
    unit: 'versions',
    meaning: 'of the gradients aggregated at their servers since the evaluation before',
    value: (row) => row.gradientStaleness?.mean,
  },
  {
    name: 'gradient_staleness_max',
    type: 'number',
    unit: 'versions',
    meaning: 'greatest one of the same',
    value: (row) => row.gradientStaleness?.maximum,
  },
  {
    name: 'result_staleness_mean',
    type: 'number',
    unit: 'versions',
    meaning: 'of the results aggregated at the cloud since the evaluation before',
    value: (row) => row.resultStaleness?.mean,
  },
  {
    name: 'result_staleness_max',
    type: 'number',
    unit: 'versions',
    meaning: 'greatest one of the same',
    value: (row) => row.resultStaleness?.maximum,
  },
  {
    name: 'in_range',
    type: 'integer',
    unit: 'workers',
    meaning: 'associated with a server at that time',
    value: (row) => row.inRange,
  },
  {
    name: 'gradients_started',
    type: 'integer',
    unit: 'gradients',
    meaning: 'begun so far; empty in a tree of models',
    value: (row) => row.started,
  },
  {
    name: 'gradients_dropped',
    type: 'integer',
    unit: 'gradients',
    meaning: 'dropped by a node so far; empty in a tree of models',
    value: (row) => row.dropped,
  },
  {
    name: 'gradients_lost',
    type: 'integer',
    unit: 'gradients',
    meaning: 'lost on their way so far; empty in a tree of models',
    value: (row) => row.lost,
  },
  {
    name: 'results_dropped',
    type: 'integer',
    unit: 'results',
    meaning: 'dropped by a server so far; empty in a tree of models',
    value: (row) => row.resultsDropped,
  },
  {
    name: 'results_lost',
    type: 'integer',
    unit: 'results',
    meaning: 'lost on their way so far; empty in a tree of models',
    value: (row) => row.resultsLost,
  },
  ...trafficColumns,
  {
    name: 'non_finite',
    type: 'integer',
    unit: 'vectors',
    meaning: 'left out of aggregations so far because they were not finite',
    value: (row) => row.nonFinite,
  },
  {
    name: 'energy_j',
    type: 'number',
    unit: 'J',
    meaning:
      'drawn so far for computing and sending by the nodes of layers with `power`; empty without',
    value: (row) => row.energyJ,
  },
];

/**
 * metrics.csv: one line an evaluation. A value that is not finite reads NaN or Infinity. Measures of the
 * user's own come last, as `metric_NAME`.
 */
export function metricsCsv(rows: readonly MetricsRow[]): string {
  const names = Object.keys(rows.find(({ metrics }) => metrics !== null)?.metrics ?? {});
  const own = names.map(
    (name): Column<MetricsRow> => ({
      ...{ name: `metric_${name}`, type: 'number', unit: null, meaning: "of the user's own" },
      value: (row) => row.metrics?.[name],
    }),
  );
  return csvOf([...metricsColumns, ...own], rows);
}
