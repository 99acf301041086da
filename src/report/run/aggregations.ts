import type { SimulatedLine } from '../../journal/events.ts';
import { type CsvValue, csvText } from '../format/csv.ts';

type Aggregated = Extract<SimulatedLine, { type: 'aggregated' }>;
type NoResult = Extract<SimulatedLine, { type: 'no-result' }>;

/** A server's closing, as the journal tells it. */
export type Closing = Aggregated | NoResult;

/** Null for what is told of aggregations only. */
type Column = [name: string, value: (line: Closing) => CsvValue];

const ofAny = (name: string, value: (line: Closing) => CsvValue): Column => [name, value];
const of = (name: string, value: (line: Aggregated) => CsvValue): Column => [
  name,
  (line) => (line.type === 'aggregated' ? value(line) : null),
];

const COLUMNS: Column[] = [
  ofAny('sim_time_s', (line) => line.timeUs / 1e6),
  ofAny('server', (line) => line.server),
  of('layer', (line) => line.layer),
  ofAny('round', (line) => line.round),
  of('version', (line) => line.version),
  of('at_deadline', (line) => line.atDeadline),
  ofAny('has_result', (line) => line.type === 'aggregated' && line.skipped === false),
  ofAny('policy', (line) => line.policy),
  ofAny('vectors', (line) => line.vectors),
  of('senders', (line) => line.senders),
  of('byzantine_vectors', (line) => line.byzantine),
  of('byzantine_senders', (line) => line.byzantineSenders),
  of('declared_f_vectors', (line) => line.declaredF),
  of('non_finite_vectors', (line) => line.nonFinite),
  of('empty_results', (line) => line.empty),
  of('seen_honest_vectors', (line) => line.seen?.honest),
  of('seen_byzantine_vectors', (line) => line.seen?.byzantine),
  of('exceeded', (line) => line.exceeded),
  of('taken_vectors', (line) => line.taken?.length),
  of('taken_byzantine_vectors', (line) => line.takenByzantine),
  of('clipped_vectors', (line) => line.clipped),
  of('iterations', (line) => line.iterations),
  of('staleness_mean_versions', (line) => line.staleness.mean),
  of('staleness_max_versions', (line) => line.staleness.maximum),
  of('norm', (line) => line.norm),
  of('loss', (line) => line.loss),
  of('honest_mean_norm', (line) => line.honestMean?.norm),
  of('honest_variance', (line) => line.honestMean?.variance),
  of('distance', (line) => line.honestMean?.distance),
  of('angle_deg', (line) => line.honestMean?.angleDeg),
  of('kappa', (line) => line.honestMean?.kappa),
];

/** aggregations.csv: one line a closing, in the journal's order; what does not apply is empty. */
export function aggregationsCsv(closings: readonly Closing[]): string {
  return csvText(
    COLUMNS.map(([name]) => name),
    closings.map((line) => COLUMNS.map(([, value]) => value(line))),
  );
}
