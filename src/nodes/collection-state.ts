import type { AggregationInput } from '../rules/running/contribution.ts';
import type { CollectedEntry } from './collection-entry.ts';
import type { ValueId } from './messages.ts';

/** The collection of any server, and its round. */
export interface CollectionState {
  /** Number of the round that was opened last, each of a server's own once. */
  round: number;
  /** Of the newest model that the server has. */
  version: number;
  /** The first of the rounds that were opened with that version. */
  versionRound: number;
  open: boolean;
  /** Associated workers or child servers when the round opened. */
  children: number;
  entries: CollectedEntry[];
  /** Pending aggregate of the first `entries` entries. */
  attempt: { input: AggregationInput<ValueId>; value: ValueId; entries: number } | null;
  /** Aggregation of the first n entries has already failed; 0 for none. */
  triedEntries: number;
  /** Aggregations so far, attempts included: names each one's random stream. */
  aggregations: number;
  /** In this round it has collected on, since there were too few vectors for its rule. */
  waited: boolean;
  /** The deadline has passed while the server might not close. */
  overdue: boolean;
  /** Child servers whose results are in the last aggregate. */
  contributors: string[];
}

export function newCollection(): CollectionState {
  return {
    round: 0,
    version: 0,
    versionRound: 0,
    open: false,
    children: 0,
    entries: [],
    attempt: null,
    triedEntries: 0,
    aggregations: 0,
    waited: false,
    overdue: false,
    contributors: [],
  };
}
