import type { ValueStore } from '../../computing/value-store.ts';
import type { CloudCounters } from '../protocol/cloud-checkpoint.ts';
import type { ProcessNodes } from './process-nodes.ts';

/** The root of another process goes on from its last state. */
export function restoreCloud(
  nodes: ProcessNodes,
  values: ValueStore,
  counters: CloudCounters,
  theta: Float32Array,
): void {
  const { state } = nodes.cloud!;
  const value = values.add(theta);
  if (state.type === 'cloud') {
    values.release(state.theta);
    Object.assign(state, counters, { theta: value });
    return;
  }
  const { model, collection } = state;
  for (const each of [model.theta, model.base]) if (each !== null) values.release(each);
  values.keep(value);
  const { version, rounds, updates, gradients } = counters;
  // The rounds of a tree of models are its merges; opened may be one more.
  Object.assign(state, { version, rounds: updates, updates, gradients });
  Object.assign(model, { theta: value, base: value });
  collection.round = rounds;
}
