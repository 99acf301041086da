import { InputError } from '../errors.ts';
import { type TimeUs, US_PER_S } from '../simulation/time.ts';
import { ENTITY_KINDS, type EntityKind, type FcdEntity } from './fcd/fcd-sink.ts';
import { readFcd } from './fcd/reader.ts';
import { GeoCheck } from './geo-check.ts';
import { Track } from './track.ts';

/** One uninterrupted stay of an entity on the map. Times count from the trace's begin. */
export interface Presence {
  entity: string;
  kind: EntityKind;
  /** At least two samples, times rising; linear in between, gone after the last. */
  timesUs: Float64Array;
  x: Float64Array;
  y: Float64Array;
}

export interface Trace {
  file: string;
  /** Time of the first timestep in the file; every other time counts from it. */
  beginUs: TimeUs;
  /** From the first timestep to one period after the last: the length of one repetition. */
  spanUs: TimeUs;
  /** The most frequent distance of timesteps; 1 s when there is but one. */
  periodUs: TimeUs;
  steps: number;
  samples: number;
  /** In order of start, then of entity id. */
  presences: Presence[];
  bounds: Bounds;
}

export interface Bounds {
  minXM: number;
  minYM: number;
  maxXM: number;
  maxYM: number;
}

export interface TraceOptions {
  /** Faster than this is no driving but a jump (SUMO's teleport), and ends the presence. */
  maximumSpeedMps?: number;
  /** Only these kinds; all by default. */
  kinds?: readonly EntityKind[];
}

/** A vehicle missing from one step is gone; half a period more allows for times that are not even. */
const LONGEST_GAP_PERIODS = 1.5;

/**
 * Loads an FCD trace as presences: an entity's samples, cut at gaps and at impossible jumps.
 *
 * A gap is more than 1.5 of the usual distances between samples of entities of that kind (not of
 * timesteps: SUMO can sample each entity at its own period). A presence lasts from its first
 * sample to its last; with one sample only it stands still for one period, or until the entity's
 * next sample. Where several kinds use the same id, the entities are named `car:ID` and so on.
 * Throws InputError.
 */
export async function loadTrace(file: string, options: TraceOptions = {}): Promise<Trace> {
  const { maximumSpeedMps = 70, kinds = ENTITY_KINDS } = options;
  const tracks: Tracks = {
    car: new Map(),
    pedestrian: new Map(),
    container: new Map(),
  };
  const periods = new Counts();
  let nowUs = Number.NaN;
  const summary = await readFcd(file, {
    step(timeUs) {
      periods.add(timeUs - nowUs);
      nowUs = timeUs;
    },
    row(entity: FcdEntity, xM, yM) {
      const ofKind = tracks[entity.kind];
      let track = ofKind.get(entity.id);
      if (!track) {
        track = new Track();
        ofKind.set(entity.id, track);
      }
      track.push(nowUs, xM, yM);
    },
  });

  const geo = new GeoCheck();
  for (const kind of ENTITY_KINDS) for (const track of tracks[kind].values()) geo.look(track);
  if (geo.looksLikeDegrees()) {
    throw new InputError({
      place: await summary.firstRow(),
      found: 'x and y look like degrees of longitude and latitude, not metres',
      advice: ['write FCD without --fcd-output.geo'],
    });
  }

  const periodUs = periods.mostFrequent() ?? US_PER_S;
  const beginUs = summary.firstTimeUs;
  const spanUs = summary.lastTimeUs - beginUs + periodUs;
  const presences: Presence[] = [];
  for (const kind of ENTITY_KINDS.filter((kind) => kinds.includes(kind))) {
    const cut: Cut = {
      longestGapUs: LONGEST_GAP_PERIODS * (samplePeriodUs(tracks[kind].values()) ?? periodUs),
      maximumSpeedMps,
      beginUs,
      periodUs,
      spanUs,
    };
    for (const [id, track] of tracks[kind]) {
      const entity = nameOf(kind, id, tracks);
      presences.push(...presencesOf(track, cut).map((part) => ({ entity, kind, ...part })));
    }
  }
  if (presences.length === 0) {
    const here = ENTITY_KINDS.filter((kind) => tracks[kind].size > 0);
    throw new InputError({
      place: { file },
      found: `no entity of kind ${kinds.join(' or ')} in the trace`,
      advice: [`it has: ${here.map((kind) => `${tracks[kind].size} ${kind}`).join(', ')}`],
    });
  }
  presences.sort((a, b) => a.timesUs[0]! - b.timesUs[0]! || (a.entity < b.entity ? -1 : 1));
  return {
    file,
    beginUs,
    spanUs,
    periodUs,
    steps: summary.steps,
    samples: presences.reduce((sum, presence) => sum + presence.timesUs.length, 0),
    presences,
    bounds: boundsOf(presences),
  };
}

type Tracks = Record<EntityKind, Map<string, Track>>;

/** The id, with the kind in front as long as another kind has the same. */
function nameOf(kind: EntityKind, id: string, tracks: Tracks): string {
  let name = id;
  while (ENTITY_KINDS.some((other) => tracks[other].has(name) && (other !== kind || name !== id))) {
    name = `${kind}:${name}`;
  }
  return name;
}

interface Cut {
  longestGapUs: number;
  maximumSpeedMps: number;
  beginUs: TimeUs;
  periodUs: TimeUs;
  spanUs: TimeUs;
}

type Samples = Pick<Presence, 'timesUs' | 'x' | 'y'>;

function presencesOf(track: Track, cut: Cut): Samples[] {
  const { timesUs, x, y } = track.samples();
  for (let i = 0; i < timesUs.length; i++) timesUs[i] = timesUs[i]! - cut.beginUs;
  const parts: Samples[] = [];
  let first = 0;
  for (let i = 1; i <= timesUs.length; i++) {
    if (i < timesUs.length) {
      const gapUs = timesUs[i]! - timesUs[i - 1]!;
      const distanceM = Math.hypot(x[i]! - x[i - 1]!, y[i]! - y[i - 1]!);
      const reachable = distanceM * US_PER_S <= cut.maximumSpeedMps * gapUs;
      if (gapUs <= cut.longestGapUs && reachable) continue;
    }
    if (i - first === 1) {
      const endUs = Math.min(timesUs[first]! + cut.periodUs, timesUs[i] ?? cut.spanUs);
      parts.push(standingStill(timesUs[first]!, endUs, x[first]!, y[first]!));
    } else {
      parts.push({
        timesUs: timesUs.subarray(first, i),
        x: x.subarray(first, i),
        y: y.subarray(first, i),
      });
    }
    first = i;
  }
  return parts;
}

function standingStill(startUs: TimeUs, endUs: TimeUs, x: number, y: number): Samples {
  return {
    timesUs: Float64Array.of(startUs, endUs),
    x: Float64Array.of(x, x),
    y: Float64Array.of(y, y),
  };
}

/** The most frequent distance in time between two samples of one entity. */
function samplePeriodUs(tracks: Iterable<Track>): TimeUs | undefined {
  const counts = new Counts();
  for (const track of tracks) {
    for (let i = 1; i < track.length; i++) counts.add(track.timesUs[i]! - track.timesUs[i - 1]!);
  }
  return counts.mostFrequent();
}

class Counts {
  private readonly counts = new Map<number, number>();
  private lastValue = Number.NaN;
  private run = 0;

  /** NaN is not counted. Equal values in a row cost no look-up. */
  add(value: number): void {
    if (value === this.lastValue) {
      this.run++;
      return;
    }
    this.flush();
    this.lastValue = value;
    this.run = 1;
  }

  /** The smallest of the most frequent values. */
  mostFrequent(): number | undefined {
    this.flush();
    let best: [number, number] | undefined;
    for (const [value, count] of this.counts) {
      if (!best || count > best[1] || (count === best[1] && value < best[0])) best = [value, count];
    }
    return best?.[0];
  }

  private flush(): void {
    if (!Number.isNaN(this.lastValue)) {
      this.counts.set(this.lastValue, (this.counts.get(this.lastValue) ?? 0) + this.run);
    }
    this.run = 0;
  }
}

function boundsOf(presences: readonly Presence[]): Bounds {
  const bounds = { minXM: Infinity, minYM: Infinity, maxXM: -Infinity, maxYM: -Infinity };
  for (const { x, y } of presences) {
    for (let i = 0; i < x.length; i++) {
      if (x[i]! < bounds.minXM) bounds.minXM = x[i]!;
      if (x[i]! > bounds.maxXM) bounds.maxXM = x[i]!;
      if (y[i]! < bounds.minYM) bounds.minYM = y[i]!;
      if (y[i]! > bounds.maxYM) bounds.maxYM = y[i]!;
    }
  }
  return bounds;
}
