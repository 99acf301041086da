import type { JournalLine, SimulatedLine } from '../../journal/events.ts';
import type { StepMark } from '../../journal/marks.ts';
import type { ActivityPiece } from './activities.ts';
import type { ShownState } from './run-state.ts';

// Messages of page and server to each other over the WebSocket: the page asks, the server answers
// in order; by itself the server says only how far the journals are.

/** Of the WebSocket's address: the question that a page has before all others, as JSON. */
export const FIRST_QUESTION = 'first';

/** Of the answer's number `id`, about the run with that index in the command line. */
export type PageRequest = { id: number; run: number } & PageQuestion;

export type PageQuestion =
  /** `isWhole`: with the bounds of a trace that takes long to read. */
  | { ask: 'scene'; isWhole?: boolean }
  /** The state at a time, before an event, or at the journal's end. */
  | { ask: 'state'; timeUs?: number; before?: number }
  /** The lines from an event on. */
  | { ask: 'lines'; from: number; limit: number }
  | { ask: 'tracks'; fromUs: number; toUs: number }
  /** Activities of nodes between two times. */
  | { ask: 'activities'; fromUs: number; toUs: number }
  | { ask: 'series' }
  | { ask: 'log'; before: number; limit: number; types?: string[]; node?: string; mark?: StepMark }
  /** The nearest event of a kind, behind or in front of event `from`. */
  | { ask: 'find'; mark: StepMark; from: number; backwards?: boolean }
  | { ask: 'aggregation'; result: number }
  | { ask: 'control'; command: 'pause' | 'continue' | 'status' | 'step'; until?: StepMark };

/** The answer to each question. */
export interface Answers {
  scene: Scene;
  state: { state: ShownState };
  lines: { lines: JournalLine[]; next: number };
  tracks: { tracks: TrackPiece[] };
  activities: ActivityPiece;
  series: RunSeries;
  log: { lines: JournalLine[]; next: number | null };
  find: { found: SimulatedLine | null };
  aggregation: AggregationDetails;
  control: { state: string };
}

export type PageAnswer = { id: number; ok: unknown } | { id: number; error: string };

/** Said by the server: about each run, in the order of the command line. */
export interface HeadNews {
  heads: RunHead[];
}

/** How far a journal is. */
export interface RunHead {
  /** Number of its next simulated event. */
  next: number;
  timeUs: number;
  /** Times that the journal was read again, after a resume: what the page has no longer holds. */
  rereads: number;
  status: string;
  /** How much of the journal has been read, while it is read for the first time; then null. */
  readShare: number | null;
  /** Why the journal cannot be read on. */
  problem: string | null;
  /** Whether the run can be paused from this page. */
  isControllable: boolean;
}

/** Where a run takes place. Lengths in metres, y to the north. */
export interface Scene {
  name: string;
  folder: string;
  world: string;
  /** Whether the bounds are known; else the trace that has them is still being read. */
  isWhole: boolean;
  /** Of the map; null where nothing moves. */
  bounds: { minXM: number; minYM: number; maxXM: number; maxYM: number } | null;
  streets: { isPath: boolean; widthM: number; shape: number[] }[];
  buildings: { shape: number[] }[];
  sites: {
    server: string;
    xM: number;
    yM: number;
    rangeM: number;
    carriedBy: string | null;
    /** Where its signal arrives; null for a range alone, and for a site that moves. */
    coverage: SiteCoverage | null;
  }[];
  /** Where workers are Byzantine. */
  region: { xM: number; yM: number; rangeM: number } | null;
  /** By layer, as the config has them. */
  rules: Record<string, { rule: string; f: number; attack: string | null }>;
}

/** Cells of the map in which a site is received, those beside each other with the same level as one. */
export interface SiteCoverage {
  cellM: number;
  /** `yM`: the south edge. `level`: 0 just received, 1 by 6 dB more, 2 by 12 dB more. */
  bands: { fromXM: number; toXM: number; yM: number; level: number }[];
}

/** A stretch of an entity's way. Times count from the run's begin. */
export interface TrackPiece {
  entity: string;
  timesUs: number[];
  x: number[];
  y: number[];
}

/** Data of the charts. Each list has one value a point. */
export interface RunSeries {
  evaluations: {
    timeUs: number[];
    update: number[];
    /** Seconds of wall time from the run's first start until its numbers were there. */
    wallS: (number | null)[];
    accuracy: (number | null)[];
    loss: (number | null)[];
  };
  /** Sums over stretches of equal length. */
  buckets: {
    timeUs: number[];
    byzantineShare: (number | null)[];
    exceeded: number[];
    staleness: (number | null)[];
    associated: number[];
    aggregated: number[];
    dropped: number[];
    bytes: number[];
  };
}

/** One aggregation, and what came into it. */
export interface AggregationDetails {
  line: JournalLine & { type: 'aggregated' };
  /** In the order of arrival. */
  arrivals: {
    sender: string;
    /** Of the gradient, the result or the update. */
    number: number;
    byzantine: boolean;
    staleness: number | null;
  }[];
}
