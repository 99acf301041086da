import type { SimulatedEvent } from '../journal/events.ts';
import type { CloudState } from './cloud.ts';
import { gathered } from './enough.ts';
import type { InnerServerState } from './inner-server.ts';
import type { RoundMode } from './round-mode.ts';
import type { ServerLayerSettings, ServerPlace } from './settings.ts';
import { slowestVersion, workersOn } from './work-table.ts';

type WaitingEvent = Extract<SimulatedEvent, { type: 'waiting' }>;

/** Reason and nodes for which a server waits; null when it is about to continue by itself. */
export function waitingOf(
  state: CloudState | InnerServerState,
  place: ServerPlace,
  layer: ServerLayerSettings,
  mode: RoundMode,
): WaitingEvent | null {
  const { collection } = state;
  const { id: server, parent, children } = place;
  const { round, entries } = collection;
  const base = { type: 'waiting', server, round } as const;
  const isInner = state.type === 'inner-server';
  if (isInner && state.down) return { ...base, what: 'recovery', has: 0, wants: 1, from: [] };
  if (isInner && state.model === null) {
    return { ...base, what: 'model', has: 0, wants: 1, from: [parent!] };
  }
  if (!collection.open || collection.attempt !== null) return null;
  const counts = gathered(collection, layer.collect);
  if (!isInner && (collection.overdue || counts.has >= counts.wants)) {
    const from = workersOn(state.work, slowestVersion(state.work));
    return { ...base, what: 'slow-workers', ...counts, from };
  }
  const members = isInner && children.length === 0 ? state.workers : children;
  const from = members.filter((member) => {
    const sent = entries.filter(({ sender }) => sender === member).length;
    return sent < mostOfOne(place, layer, mode);
  });
  return { ...base, what: children.length > 0 ? 'results' : 'gradients', ...counts, from };
}

/** How many entries of one sender help a server on. */
function mostOfOne(
  { children }: ServerPlace,
  { collect, maxPerWorker }: ServerLayerSettings,
  { isSynchronous }: RoundMode,
): number {
  const isOnce =
    collect === 'all' ||
    ('distinct' in collect && collect.distinct) ||
    (isSynchronous && children.length > 0);
  return isOnce ? 1 : (maxPerWorker ?? Number.POSITIVE_INFINITY);
}
