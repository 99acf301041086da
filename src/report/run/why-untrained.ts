import type { RunRecord } from './run-record.ts';
import { endsText } from './run-table.ts';

type TrainingFacts = Pick<
  RunRecord,
  'gradients' | 'results' | 'updates' | 'nonFiniteResults' | 'servers'
>;

/** Why a run has ended without an update that changed its model: one line; null where it has one. */
export function whyUntrained(record: TrainingFacts): string | null {
  const { gradients, results, updates, nonFiniteResults, servers } = record;
  if (updates > 0) return null;
  const { started, aggregated } = gradients;
  if (started === 0) return 'no worker began a gradient: none got a model from a server in range';
  if (aggregated === 0) {
    return `none of ${started} gradients was aggregated (${endsText(gradients)})`;
  }
  const worst = nonFiniteResults.toSorted((a, b) => b.aggregations - a.aggregations)[0];
  if (worst !== undefined) {
    const { layer, aggregations, of } = worst;
    return `${aggregations} of ${of} results of layer ${layer} were not finite, though every vector was`;
  }
  if (servers.every(({ aggregations }) => aggregations === 0)) {
    return `no aggregation of ${aggregated} gradients had enough finite vectors for its rule`;
  }
  return `${results.started} results of servers came to no update of the cloud`;
}
