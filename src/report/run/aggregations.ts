import type { SimulatedLine } from '../../journal/events.ts';
import { type Column, csvOf } from '../format/columns.ts';
import type { CsvValue } from '../format/csv.ts';

type Aggregated = Extract<SimulatedLine, { type: 'aggregated' }>;
type NoResult = Extract<SimulatedLine, { type: 'no-result' }>;

/** A server's closing, as the journal has it. */
export type ServerClosing = Aggregated | NoResult;

/** Null for a closing without an aggregation. */
const ofAggregated =
  (value: (line: Aggregated) => CsvValue) =>
  (line: ServerClosing): CsvValue =>
    line.type === 'aggregated' ? value(line) : null;

/** The columns of aggregations.csv. */
export const aggregationColumns: readonly Column<ServerClosing>[] = [
  {
    name: 'sim_time_s',
    type: 'number',
    unit: 's',
    meaning: 'simulated time of the closing',
    value: (line) => line.timeUs / 1e6,
  },
  {
    name: 'server',
    type: 'text',
    unit: null,
    meaning: 'id of the server',
    value: (line) => line.server,
  },
  {
    name: 'layer',
    type: 'text',
    unit: null,
    meaning: 'layer of the server',
    value: ofAggregated((line) => line.layer),
  },
  {
    name: 'round',
    type: 'integer',
    unit: null,
    meaning: 'round that the server closes',
    value: (line) => line.round,
  },
  {
    name: 'version',
    type: 'integer',
    unit: null,
    meaning: 'version of the model that the vectors are aggregated for',
    value: ofAggregated((line) => line.version),
  },
  {
    name: 'at_deadline',
    type: 'boolean',
    unit: null,
    meaning: 'the deadline closed the aggregation',
    value: ofAggregated((line) => line.atDeadline),
  },
  {
    name: 'has_result',
    type: 'boolean',
    unit: null,
    meaning: 'the aggregation has a result',
    value: (line) => line.type === 'aggregated' && line.skipped === false,
  },
  {
    name: 'policy',
    type: 'text',
    unit: null,
    meaning: '`aggregate.tooFew` where too few vectors were left for the rule',
    value: (line) => line.policy,
  },
  {
    name: 'vectors',
    type: 'integer',
    unit: 'vectors',
    meaning: 'arrived',
    value: (line) => line.vectors,
  },
  {
    name: 'senders',
    type: 'integer',
    unit: 'nodes',
    meaning: 'different senders of these',
    value: ofAggregated((line) => line.senders),
  },
  {
    name: 'byzantine_vectors',
    type: 'integer',
    unit: 'vectors',
    meaning: 'arrived from Byzantine senders',
    value: ofAggregated((line) => line.byzantine),
  },
  {
    name: 'byzantine_senders',
    type: 'integer',
    unit: 'nodes',
    meaning: 'different Byzantine senders',
    value: ofAggregated((line) => line.byzantineSenders),
  },
  {
    name: 'declared_f_vectors',
    type: 'integer',
    unit: 'vectors',
    meaning: 'f of the layer',
    value: ofAggregated((line) => line.declaredF),
  },
  {
    name: 'non_finite_vectors',
    type: 'integer',
    unit: 'vectors',
    meaning: 'left out because they held NaN or an infinity',
    value: ofAggregated((line) => line.nonFinite),
  },
  {
    name: 'empty_results',
    type: 'integer',
    unit: 'vectors',
    meaning: 'left out because their child server had no result',
    value: ofAggregated((line) => line.empty),
  },
  {
    name: 'seen_honest_vectors',
    type: 'integer',
    unit: 'vectors',
    meaning: 'honest ones that reached the rule',
    value: ofAggregated((line) => line.seen?.honest),
  },
  {
    name: 'seen_byzantine_vectors',
    type: 'integer',
    unit: 'vectors',
    meaning: 'Byzantine ones that reached the rule',
    value: ofAggregated((line) => line.seen?.byzantine),
  },
  {
    name: 'exceeded',
    type: 'boolean',
    unit: null,
    meaning: 'more Byzantine vectors reached the rule than f declares',
    value: ofAggregated((line) => line.exceeded),
  },
  {
    name: 'selected_vectors',
    type: 'integer',
    unit: 'vectors',
    meaning: 'selected by a selecting rule',
    value: ofAggregated((line) => line.selected?.length),
  },
  {
    name: 'selected_byzantine_vectors',
    type: 'integer',
    unit: 'vectors',
    meaning: 'Byzantine ones among these',
    value: ofAggregated((line) => line.selectedByzantine),
  },
  {
    name: 'clipped_vectors',
    type: 'integer',
    unit: 'vectors',
    meaning: 'shortened by the rule or before it',
    value: ofAggregated((line) => line.clipped),
  },
  {
    name: 'iterations',
    type: 'integer',
    unit: 'steps',
    meaning: 'of an iterative rule',
    value: ofAggregated((line) => line.iterations),
  },
  {
    name: 'staleness_mean_versions',
    type: 'number',
    unit: 'versions',
    meaning: "by which the vectors were behind the server's newest model",
    value: ofAggregated((line) => line.staleness.mean),
  },
  {
    name: 'staleness_max_versions',
    type: 'number',
    unit: 'versions',
    meaning: 'greatest one of the same',
    value: ofAggregated((line) => line.staleness.maximum),
  },
  {
    name: 'norm',
    type: 'number',
    unit: null,
    meaning: 'Euclidean norm of the result',
    value: ofAggregated((line) => line.norm),
  },
  {
    name: 'loss',
    type: 'number',
    unit: null,
    meaning: 'mean training loss per item of the gradients',
    value: ofAggregated((line) => line.loss),
  },
  {
    name: 'honest_mean_norm',
    type: 'number',
    unit: null,
    meaning: 'norm of the mean of the honest vectors, with `diagnostics: full`',
    value: ofAggregated((line) => line.honestMean?.norm),
  },
  {
    name: 'honest_variance',
    type: 'number',
    unit: null,
    meaning: 'mean squared distance of the honest vectors to their mean',
    value: ofAggregated((line) => line.honestMean?.variance),
  },
  {
    name: 'distance',
    type: 'number',
    unit: null,
    meaning: 'distance of the result to the mean of the honest vectors',
    value: ofAggregated((line) => line.honestMean?.distance),
  },
  {
    name: 'angle_deg',
    type: 'number',
    unit: 'degrees',
    meaning: 'angle between the result and the mean of the honest vectors',
    value: ofAggregated((line) => line.honestMean?.angleDeg),
  },
  {
    name: 'kappa',
    type: 'number',
    unit: null,
    meaning: 'squared distance divided by the variance of the honest vectors',
    value: ofAggregated((line) => line.honestMean?.kappa),
  },
];

/** aggregations.csv: one line a closing, in the journal's order; what does not apply is empty. */
export function aggregationsCsv(closings: readonly ServerClosing[]): string {
  return csvOf(aggregationColumns, closings);
}
