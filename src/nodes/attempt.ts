import { chooseAtAggregation } from '../faults/byzantine-settings.ts';
import type { SimulatedEvent } from '../journal/events.ts';
import type { RandomSource } from '../rules/contract/plain-data.ts';
import type { AggregationInput } from '../rules/running/contribution.ts';
import type { CollectedEntry } from './collection-entry.ts';
import type { CollectionState } from './collection-state.ts';
import { entriesWithVector } from './enough.ts';
import type { ValueId } from './messages.ts';
import { stalenessOf, type Terms } from './refusal.ts';

/** The aggregation of the first `entries` entries; Byzantine senders of scope `per-aggregation` are drawn here. */
export function aggregationInput(
  entries: number,
  reference: ValueId | null,
  state: CollectionState,
  { place, layer }: Terms,
  random: (name: string) => RandomSource,
): AggregationInput<ValueId> {
  const vectors = entriesWithVector(state.entries.slice(0, entries));
  const mayBeByzantine = vectors.map((entry) => entry.mayBeByzantine);
  const { byzantineSenders, weights } = layer;
  const byzantine =
    byzantineSenders === null
      ? mayBeByzantine
      : chooseAtAggregation(byzantineSenders, mayBeByzantine, () => random(`faulty/${place.id}`));
  return {
    server: place.id,
    layer: place.layer,
    aggregation: state.aggregations,
    contributions: vectors.map((entry, index) => ({
      vector: entry.value!,
      byzantine: byzantine[index]!,
      sender: entry.senderNumber,
      staleness: stalenessOf(entry, state),
      ...(weights !== 'equal' && { weight: weights === 'items' ? entry.items : entry.gradients }),
    })),
    reference,
  };
}

/** The journal's event of a committed attempt. `used`: the entries that it aggregated. */
export function aggregatedEvent(
  used: readonly CollectedEntry[],
  { result, atDeadline }: { result: number; atDeadline: boolean },
  state: CollectionState,
  { place, layer }: Terms,
): SimulatedEvent & { type: 'aggregated' } {
  const { contributions } = state.attempt!.input;
  const staleness = contributions.map((each) => each.staleness!);
  const byzantine = used.filter((_, index) => contributions[index]!.byzantine);
  return {
    type: 'aggregated',
    server: place.id,
    layer: place.layer,
    round: state.round,
    version: state.version,
    result,
    vectors: used.length,
    senders: new Set(used.map(({ sender }) => sender)).size,
    byzantine: byzantine.length,
    byzantineSenders: new Set(byzantine.map(({ sender }) => sender)).size,
    declaredF: layer.declaredF,
    atDeadline,
    staleness: {
      mean: staleness.reduce((sum, each) => sum + each, 0) / staleness.length,
      maximum: Math.max(...staleness),
    },
    ...(state.waited && { policy: 'wait' }),
  };
}
