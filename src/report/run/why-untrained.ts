import type { LayerResults } from './layer-results.ts';
import type { RunRecord } from './run-record.ts';
import { endsText } from './run-table.ts';

type TrainingFacts = Pick<
  RunRecord,
  'gradients' | 'results' | 'updates' | 'nonFiniteResults' | 'layerResults' | 'servers' | 'tree'
>;

/** Why a run has ended without an update that changed its model: one line; null where it has one. */
export function whyUntrained(record: TrainingFacts): string | null {
  const { gradients, results, updates, nonFiniteResults, layerResults, servers, tree } = record;
  if (updates > 0) return null;
  const root = servers.find(({ parent }) => parent === null);
  const atRoot = layerResults.find(({ layer }) => layer === root?.layer);
  if (atRoot !== undefined) return whyUnchanged(atRoot, layerResults);
  if (tree !== null) return 'no update of the servers and workers below was merged by the root';
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

/** Why updates have left every parameter as it was. */
function whyUnchanged({ results }: LayerResults, layers: readonly LayerResults[]): string {
  const updates = results === 1 ? 'the one update' : `each of ${results} updates`;
  const zero = layers.find((each) => each.zeros === each.results);
  const why =
    zero === undefined
      ? "the learning rate is 0, or the steps are too small for the parameters' float32"
      : `every result of layer ${zero.layer} was zero`;
  return `${updates} left the parameters the same, bit for bit: ${why}`;
}
