import { expect } from 'vitest';
import type { ValueId } from '#src/nodes/messages.js';
import { inputsOf } from '#src/worlds/computing/job.js';
import type { ValueStore } from '#src/worlds/computing/value-store.js';
import type { ValueOwners } from '#src/worlds/live/process/node-process-parts.js';

/** Fields of states, messages and timers that own a value. */
const OWNING = new Set([
  'theta',
  'base',
  'gradientSum',
  'optimiserState',
  'momentum',
  'value',
  'needs',
  'received',
  'globalChange',
]);

/**
 * Expects each value to be counted exactly once for every field of `state` that owns it, for every
 * value of `lastAggregates`, and for every described value that is to be computed from it. So a
 * forgotten release, and a release too many, fails.
 */
export function expectOwned(
  values: ValueStore,
  state: object & { lastAggregates: ReadonlyMap<string, ValueId> },
): void {
  const owners = new Map<ValueId, number>();
  const add = (value: ValueId) => owners.set(value, (owners.get(value) ?? 0) + 1);
  const { lastAggregates, ...others } = state;
  for (const value of lastAggregates.values()) add(value);
  visit(others, (key, value) => {
    if (OWNING.has(key)) add(value);
  });
  const counts = new Map<ValueId, number>();
  for (const { id, count, job } of values.save().values) {
    // A value given up while it is computed has no owner, but its inputs have.
    if (count > 0) counts.set(id, count);
    for (const input of job === null ? [] : inputsOf(job)) add(input);
  }
  const byId = (map: ReadonlyMap<ValueId, number>) => [...map].sort(([a], [b]) => a - b);
  expect(byId(counts)).toEqual(byId(owners));
}

/** The same for one process of a live world, at any time. */
export function expectOwnedByProcess({ values, ...owners }: ValueOwners): void {
  const { nodes, context, timers, deliveries, checkpoints } = owners;
  const hosted = [nodes.cloud, ...nodes.servers.values(), ...nodes.workers.values()];
  const state = {
    lastAggregates: context.lastAggregates,
    states: hosted.map((each) => each?.state),
    timers: timers.waiting,
    envelopes: deliveries.owning.map(({ message }) => message),
    sendings: context.shared.open,
    checkpoints: (checkpoints?.vectors ?? []).map((value) => ({ value })),
  };
  expectOwned(values, state);
}

/** Calls back for each field that is a number, at any depth. */
function visit(data: unknown, onNumber: (key: string, value: number) => void): void {
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return;
  const entries = data instanceof Map ? [...data] : Object.entries(data);
  for (const [key, each] of entries) {
    if (typeof each === 'number') onNumber(String(key), each);
    else visit(each, onNumber);
  }
  if (data instanceof Set) for (const each of data) visit(each, onNumber);
}
