import type { Place } from '../errors.ts';
import type { TimeUs } from '../simulation/time.ts';
import { ENTITY_KINDS, type EntityKind } from './fcd/fcd-sink.ts';
import { SampleStore } from './sample-store.ts';
import { Track } from './track.ts';

/** The tracks of all entities, by their kind and id. */
export interface Tracks extends Record<EntityKind, Map<string, Track>> {
  store: SampleStore;
}

/** Result of a format's reader for a file. */
export interface TraceReading {
  tracks: Tracks;
  firstTimeUs: TimeUs;
  lastTimeUs: TimeUs;
  /** The most frequent distance of timesteps; undefined when there is but one. */
  periodUs: TimeUs | undefined;
  steps: number;
  /**
   * Unit of positions; undefined when the file does not say. On lanes: x is the number of one in
   * `lanes`, y the position on it.
   */
  frame: 'metres' | 'degrees' | 'utm' | 'lanes' | undefined;
  lanes: readonly string[];
  /** Entities stand at the start of a segment of way until they enter the next. */
  isMesoscopic: boolean;
  /** Samples are the ends of straight ways, however far apart: there is no gap. */
  isContinuous: boolean;
  /** By a receiver, which has outliers. */
  isMeasured: boolean;
  /** Edges of a SUMO network that the first rows are on. */
  edges: ReadonlySet<string>;
  /** Parts that were left out or mended, one line each. */
  remarks: string[];
  /** Place of the first row, for a complaint about the trace as a whole. */
  firstRow: () => Promise<Place>;
}

export function noTracks(): Tracks {
  return { car: new Map(), pedestrian: new Map(), container: new Map(), store: new SampleStore() };
}

export function trackOf(tracks: Tracks, kind: EntityKind, id: string): Track {
  let track = tracks[kind].get(id);
  if (!track) {
    track = new Track(tracks.store);
    tracks[kind].set(id, track);
  }
  return track;
}

export function* everyTrack(tracks: Tracks): Generator<Track> {
  for (const kind of ENTITY_KINDS) yield* tracks[kind].values();
}

/** How often each number came; equal ones in a row cost no look-up. */
export class Counts {
  private readonly counts = new Map<number, number>();
  private lastValue = Number.NaN;
  private run = 0;

  /** NaN is not counted. */
  add(value: number): void {
    if (value === this.lastValue) {
      this.run++;
      return;
    }
    this.flush();
    this.lastValue = value;
    this.run = 1;
  }

  /** The smallest of the most frequent values, and how often it came. */
  mostFrequent(): { value: number; count: number } | undefined {
    this.flush();
    let best: { value: number; count: number } | undefined;
    for (const [value, count] of this.counts) {
      if (!best || count > best.count || (count === best.count && value < best.value)) {
        best = { value, count };
      }
    }
    return best;
  }

  private flush(): void {
    if (!Number.isNaN(this.lastValue)) {
      this.counts.set(this.lastValue, (this.counts.get(this.lastValue) ?? 0) + this.run);
    }
    this.run = 0;
  }
}
