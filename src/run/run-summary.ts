import type { Quantity } from '../journal/quantity.ts';
import type { EndReason } from '../journal/reasons.ts';
import type { TreeRecord } from '../report/hierarchy/tree-tally.ts';
import type { OwnMeasure } from '../report/run/own-measures.ts';
import type { RunRecord, Waiting } from '../report/run/run-record.ts';

/**
 * How a run ends. `diverged`: an evaluation found a loss that is not finite. `untrained`: no update
 * has changed the model. `stopped`: before its end, with a checkpoint.
 */
export type EndStatus = 'done' | 'diverged' | 'untrained' | 'stopped';

/** Whether a run of such a status, in its `status.json`, has come to its own end. */
export function isOver(status: string | undefined): boolean {
  return status === 'done' || status === 'diverged' || status === 'untrained';
}

/** Of a tree of models; as in nodes.csv and links.csv. */
export interface TreeSummary extends Pick<TreeRecord, 'nodes' | 'links'> {
  latency: Pick<TreeRecord['latency'], 'worst' | 'censored' | 'of'>;
}

/** Result of a run, which `run --json` prints and a study collects. */
export interface RunSummary {
  status: EndStatus;
  /** Of an untrained run: why no update has changed the model, in one line. */
  whyUntrained: string | null;
  /** Why it came to its end, `stalled` for instance; null for a run that was stopped. */
  ended: EndReason | null;
  runDir: string;
  journalHash: string;
  rounds: number;
  simTimeS: number;
  wallTimeS: number;
  gradients: number;
  computed: number;
  updates: number;
  accuracy: { final: number | null; best: number | null };
  loss: { final: Quantity | null };
  /** Of a regression, whose accuracy is null. */
  rmse: { final: Quantity | null; best: number | null };
  /** Measures of the user's own. */
  metrics: OwnMeasure[];
  /** Of a back door: the share of other classes' items that it lets through; null without one. */
  attackSuccess: { final: number | null; best: number | null };
  handovers: number;
  /** Handovers back to the server before within `mobility.handover.pingPongS`. */
  pingPongs: number;
  /** Nodes that crashed and links that were cut, each time counted. */
  crashes: number;
  cuts: number;
  lost: number;
  /** Sent again after a loss, each time counted. */
  messagesRetried: number;
  /** At full servers, each time counted. */
  workersQueued: number;
  workersRefused: number;
  dropped: number;
  droppedNonFinite: number;
  /** By layer: how often its rule made NaN or an infinity of vectors that were all finite. */
  nonFiniteResults: { layer: string; rule: string; aggregations: number; of: number }[];
  /** Of gradients at their servers and of results at the cloud; null when none was aggregated. */
  staleness: RunRecord['staleness'];
  /** Declared and real numbers of Byzantine vectors, as in docs/diagnostics.md. */
  faults: RunRecord['faults'];
  /** Nodes, links and latency of a tree of models; null for rounds of one model. */
  tree: TreeSummary | null;
  /**
   * Each node that waited at the end of a run that stalled, with its reason; empty for other runs.
   */
  waiting: Waiting[];
}

/** Where a run shall pause or stop: at a simulation time, or when that round has ended. */
export type Mark = { timeUs: number } | { round: number };

/** Figures that are shown while a run goes on. */
export interface Progress {
  round: number;
  simTimeS: number;
  inRange: number;
  accuracy: number | null;
  loss: Quantity | null;
  /** Aggregated gradients so far, and the number at which the run ends. */
  gradients: number;
  gradientsAtEnd: number;
}
