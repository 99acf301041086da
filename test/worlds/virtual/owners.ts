import type { ValueId } from '#src/nodes/messages.js';
import { inputsOf } from '#src/worlds/computing/job.js';
import type { Snapshot } from '../in-process-world.ts';

/** How many owners each value has, counted over everything that may own one. */
export function ownersOf({ state, values }: Snapshot): Map<ValueId, number> {
  const owners = new Map<ValueId, number>();
  const owned = (id: ValueId | null | undefined) => {
    if (id !== null && id !== undefined) owners.set(id, (owners.get(id) ?? 0) + 1);
  };
  owned(state.cloud.theta);
  owned(state.cloud.optimiserState);
  for (const aggregate of state.lastAggregates.values()) owned(aggregate);
  for (const { collection } of [state.cloud, ...state.servers.values()]) {
    for (const { value } of collection.entries) owned(value);
    owned(collection.attempt?.value);
  }
  for (const { model } of state.servers.values()) owned(model?.theta);
  for (const { model, computing, unsent, momentum } of state.workers.values()) {
    owned(model?.theta);
    owned(computing?.value);
    for (const { value } of unsent) owned(value);
    owned(momentum);
  }
  for (const { event } of state.queue.heap) {
    if (event.type === 'message') {
      if ('value' in event.message) owned(event.message.value);
    } else if (event.type === 'timer') {
      owned(event.needs);
      if (event.timer.kind === 'aggregated') owned(event.timer.value);
    }
  }
  for (const { job } of values.values) if (job !== null) inputsOf(job).forEach(owned);
  return owners;
}
