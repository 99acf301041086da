import type { DropReason } from '../journal/reasons.ts';
import type { CollectionEntry } from './collection-entry.ts';
import type { CollectionState } from './collection-state.ts';
import type { CollectingMode } from './round-mode.ts';
import type { ServerLayerSettings, ServerPlace } from './settings.ts';

/** Basis on which a server takes or refuses entries. */
export interface Terms {
  place: ServerPlace;
  layer: ServerLayerSettings;
  mode: CollectingMode;
}

/** Why a server does not take an entry: it is of another round, too old, or one too many. */
export function refusalOf(
  entry: CollectionEntry,
  state: CollectionState,
  terms: Terms,
): DropReason | null {
  const { open, round } = state;
  if (terms.mode.isSynchronous) {
    if (!open || entry.round !== round) return 'late';
    return isOverLimit(entry, state, terms) ? 'too-many' : null;
  }
  // No server waits for reports of none: the sender of one may have missed the newest model.
  if (entry.kind === 'none') return 'late';
  return outdated(entry, state, terms) ?? (isOverLimit(entry, state, terms) ? 'too-many' : null);
}

/** In asynchronous rounds: why an entry can no longer count, if so. */
export function outdated(
  entry: CollectionEntry,
  state: CollectionState,
  { place, mode }: Terms,
): DropReason | null {
  const { acceptsLate, maximumStaleness } = mode;
  const { open, round, versionRound } = state;
  const isRoot = place.parent === null;
  // A round without a result made no version that could have been missed. If its results counted as
  // late, a child whose rounds are as long as the cloud's could be late every time.
  if (isRoot && !acceptsLate && entry.round < (open ? versionRound : round + 1)) return 'late';
  const isStale = maximumStaleness !== null && stalenessOf(entry, state) > maximumStaleness;
  return isStale ? 'stale' : null;
}

/** Versions by which an entry is behind the server; a worker from elsewhere may be ahead: 0. */
export function stalenessOf(entry: CollectionEntry, state: CollectionState): number {
  return Math.max(0, state.version - entry.version);
}

/**
 * Workers observe the limit as far as they know: some vectors are in transit at a closing. In
 * synchronous rounds a child answers once a round: a second answer comes from a child that had
 * crashed after the first.
 */
function isOverLimit(
  { sender, kind }: CollectionEntry,
  { entries }: CollectionState,
  { layer, mode }: Terms,
): boolean {
  const limit = kind === 'gradient' ? layer.maxPerWorker : mode.isSynchronous ? 1 : null;
  if (limit === null) return false;
  return entries.filter((other) => other.sender === sender).length >= limit;
}
