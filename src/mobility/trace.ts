import { InputError } from '../errors.ts';
import { type TimeUs, US_PER_S } from '../simulation/time.ts';
import { type Bounds, growBounds, noBounds } from './bounds.ts';
import { ENTITY_KINDS, type EntityKind } from './fcd/fcd-sink.ts';
import { longSilence } from './long-silence.ts';
import type { Network } from './network.ts';
import { byStart, PackedPresence, type Presence } from './presence.ts';
import { type Cut, presencesOf } from './presences.ts';
import { SampleStore } from './sample-store.ts';
import { readSource, sourceName, type TraceSource } from './trace-source.ts';
import type { Tracks } from './tracks.ts';

export interface Trace {
  /** All of them, apart by commas. */
  file: string;
  /** None of entities that a model moves. */
  files: readonly string[];
  /** Time of the first timestep in the file; every other time counts from it. */
  beginUs: TimeUs;
  /** From the first timestep to one period after the last: the length of one repetition. */
  spanUs: TimeUs;
  /** The most frequent distance of timesteps; 1 s when there is but one. */
  periodUs: TimeUs;
  steps: number;
  /** Presences are ends of straight ways, however far apart, not samples. */
  isContinuous: boolean;
  samples: number;
  /** In order of start, then of entity id. */
  presences: readonly PackedPresence[];
  /** Of entities that carry a server, whether they take part or not, by their ids. */
  carriers?: ReadonlyMap<string, readonly Presence[]>;
  bounds: Bounds;
  /** Cuts that ended presences before the entity was gone for good. */
  cuts: { gaps: number; jumps: number };
  /** Parts that were left out, were mended or look wrong, one line each. */
  remarks: readonly string[];
}

/**
 * Treatment of persons and containers while they are in a vehicle; `drop`: of those that ever are.
 */
type Riders = 'with-vehicle' | 'separate' | 'drop';

export interface TraceOptions {
  /** Faster than this is no driving but a jump (SUMO's teleport), and ends the presence. */
  maximumSpeedMps?: number;
  /** A longer time without a sample ends the presence; by default, by the entity's own samples. */
  maximumGapS?: number;
  /** Only these kinds; all by default. */
  kinds?: readonly EntityKind[];
  /** Only these vTypes, where `*` stands for any text; all by default. */
  types?: readonly string[];
  riders?: Riders;
  /** Ids of entities whose presences are wanted whether they take part or not. */
  carriers?: readonly string[];
  /** Of the trace: its projection places degrees. */
  network?: Network | undefined;
}

/**
 * Loads a trace as presences: an entity's samples, cut at gaps and at impossible jumps.
 *
 * A gap is more than 1.5 of the usual distance between the samples of that entity (SUMO can sample
 * each at its own period), or more than `maximumGapS`. A presence lasts from its first
 * sample to its last; with one sample only it stands still for one period, or until the entity's
 * next sample. Where several kinds use the same id, the entities are named `car:ID` and so on.
 * Throws InputError.
 */
export async function loadTrace(
  given: string | TraceSource,
  options: TraceOptions = {},
): Promise<Trace> {
  const { maximumSpeedMps = 70, maximumGapS, kinds = ENTITY_KINDS, types, network } = options;
  const { riders = 'with-vehicle' } = options;
  const source = typeof given === 'string' ? { files: [given] } : given;
  const file = sourceName(source);
  const reading = await readSource(source, network);
  const { tracks, remarks, firstTimeUs: beginUs, steps } = reading;

  const periodUs = reading.periodUs ?? US_PER_S;
  const spanUs = reading.lastTimeUs - beginUs + periodUs;
  const cut: Cut = {
    longestGapUs: maximumGapS === undefined ? null : maximumGapS * US_PER_S,
    ...{ maximumSpeedMps, beginUs, periodUs, spanUs },
    isMesoscopic: reading.isMesoscopic,
    isContinuous: reading.isContinuous,
    isMeasured: reading.isMeasured,
    withoutRides: riders === 'with-vehicle',
  };
  const presences: PackedPresence[] = [];
  const store = new SampleStore();
  const bounds = noBounds();
  const carriers = new Map((options.carriers ?? []).map((id) => [id, [] as Presence[]]));
  const cuts = { gaps: 0, jumps: 0 };
  let spikes = 0;
  const isOfType = matcherOf(types);
  for (const kind of ENTITY_KINDS) {
    for (const [id, track] of tracks[kind]) {
      const isRider = riders === 'drop' && track.rides.length > 0;
      const takesPart = kinds.includes(kind) && isOfType(track.type) && !isRider;
      const entity = nameOf(kind, id, tracks);
      const carrier = carriers.get(entity);
      if (takesPart || carrier !== undefined) {
        const { parts, gaps, jumps, ...left } = presencesOf(track, cut);
        const type = track.type === '' ? {} : { type: track.type };
        for (const part of parts) {
          const presence = { entity, kind, ...type, ...part };
          carrier?.push(presence);
          if (!takesPart) continue;
          presences.push(PackedPresence.of(presence, store));
          growBounds(bounds, part);
        }
        if (takesPart) {
          cuts.gaps += gaps;
          cuts.jumps += jumps;
          spikes += left.spikes;
        }
      }
      // Its samples are in memory once more as presences.
      track.clear();
    }
  }
  if (presences.length === 0) throw nobodyLeft(file, tracks, kinds, types);
  presences.sort(byStart);
  const samples = presences.reduce((sum, presence) => sum + presence.samples, 0);
  if (spikes > 0 && reading.isMeasured) {
    remarks.push(
      `${spikes} single samples are further than ${maximumSpeedMps} m/s go, and left out`,
    );
  }
  remarks.push(...shattered(presences), ...longSilence(presences));
  const { files } = source;
  const { isContinuous } = reading;
  const whole = {
    file,
    files,
    beginUs,
    spanUs,
    periodUs,
    steps,
    isContinuous,
    samples,
    presences,
    bounds,
    cuts,
    remarks,
  };
  return carriers.size === 0 ? whole : { ...whole, carriers };
}

function matcherOf(types: readonly string[] | undefined): (type: string) => boolean {
  if (types === undefined) return () => true;
  const patterns = types.map((type) => {
    const parts = type.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`);
  });
  return (type) => patterns.some((pattern) => pattern.test(type));
}

function nobodyLeft(
  file: string,
  tracks: Tracks,
  kinds: readonly EntityKind[],
  types: readonly string[] | undefined,
): InputError {
  const here = ENTITY_KINDS.filter((kind) => tracks[kind].size > 0);
  const ofKinds = `it has: ${here.map((kind) => `${tracks[kind].size} ${kind}`).join(', ')}`;
  const found = `no entity of kind ${kinds.join(' or ')}`;
  if (types === undefined) {
    return new InputError({
      place: { file },
      found: `${found} in the trace`,
      advice: [ofKinds],
    });
  }
  const known = new Set(here.flatMap((kind) => [...tracks[kind].values()].map(({ type }) => type)));
  known.delete('');
  const ofTypes =
    known.size === 0 ? 'its rows have no type' : `its types: ${[...known].sort().join(', ')}`;
  return new InputError({
    place: { file },
    found: `${found} and type ${types.join(' or ')} in the trace`,
    advice: [ofKinds, ofTypes],
  });
}

/** Twice as many presences as entities are no normal coming and going. */
function shattered(presences: readonly PackedPresence[]): string[] {
  const entities = new Set(presences.map(({ entity }) => entity)).size;
  if (presences.length <= 2 * entities) return [];
  return [
    `${entities} entities are on the map in ${presences.length} presences: a sample is missing, or too far away, that often; a greater mobility.maximumGapS or maximumSpeedMps joins them`,
  ];
}

/** The id, with the kind in front as long as another kind has the same. */
function nameOf(kind: EntityKind, id: string, tracks: Tracks): string {
  let name = id;
  while (ENTITY_KINDS.some((other) => tracks[other].has(name) && (other !== kind || name !== id))) {
    name = `${kind}:${name}`;
  }
  return name;
}
