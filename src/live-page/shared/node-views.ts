import type { Quantity } from '../../journal/quantity.ts';

/** The page's view of a worker on the map. */
export interface WorkerView {
  id: string;
  entity: string;
  kind: string;
  /** The server that it is associated with. */
  server: string | null;
  inRange: string[];
  /** Waits for a place at a full server. */
  queued: boolean;
  /** The gradient that it computes or sends, or the window that it trains on. */
  work: { gradient: number; server: string; version: number; sinceUs: number } | null;
  /** Vectors of its own that are on their way, and models on their way to it, where that is recorded. */
  sending: number;
  receiving: number;
  /** The end of its last gradient. */
  last: GradientEnd | null;
  /**
   * Training loss: of the last aggregation that has its gradient, or of its last window. "NaN" and the
   * like where it was not finite, null before there was one.
   */
  loss: Quantity | null;
  byzantine: boolean;
  /** Its last aggregated vector was forged. */
  forged: boolean;
  crashed: boolean;
}

interface GradientEnd {
  gradient: number;
  server: string;
  outcome: string;
  reason: string | null;
  staleness: number | null;
  timeUs: number;
}

/** The page's view of a server. */
export interface ServerView {
  id: string;
  parent: string | null;
  layer: string;
  round: number;
  version: number;
  /** It collects. */
  open: boolean;
  /** Its last aggregation. */
  newest: NewestAggregation | null;
  /** Of a server whose model is measured. */
  accuracy?: number | null;
  byzantine: boolean;
  forged: boolean;
  crashed: boolean;
  /** Its link to the server above. */
  cut: boolean;
}

interface NewestAggregation {
  result: number;
  vectors: number;
  byzantine: number;
  declaredF: number;
  exceeded: boolean;
  loss: Quantity | null;
  timeUs: number;
}

/** A server, or a worker on the map. */
export function nodeOf(
  state: { servers: Record<string, ServerView>; workers: Record<string, WorkerView> },
  id: string,
): ServerView | WorkerView | undefined {
  return state.servers[id] ?? state.workers[id];
}

/** Activity of a worker, as the map colours it. */
export type Activity =
  | 'crashed'
  | 'out-of-range'
  | 'waiting'
  | 'computing'
  | 'sending'
  | 'receiving';

/** Where a run does not record transfers, computing stands for sending, too. */
export function activityOf({ crashed, server, work, sending, receiving }: WorkerView): Activity {
  if (crashed) return 'crashed';
  if (work !== null) return 'computing';
  if (sending > 0) return 'sending';
  if (server === null) return 'out-of-range';
  return receiving > 0 ? 'receiving' : 'waiting';
}
