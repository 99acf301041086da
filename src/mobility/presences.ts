import { lengthOfXY } from '../elementary.ts';
import { type TimeUs, US_PER_S } from '../simulation/time.ts';
import { keptOf, type SampledWay } from './sampled-way.ts';
import type { Track } from './track.ts';
import { Counts } from './tracks.ts';

/** Limits by which an entity's samples are cut. */
export interface Cut {
  /** Null: by the entity's own samples. */
  longestGapUs: TimeUs | null;
  maximumSpeedMps: number;
  beginUs: TimeUs;
  periodUs: TimeUs;
  spanUs: TimeUs;
  isMesoscopic: boolean;
  isContinuous: boolean;
  isMeasured: boolean;
  /** Whether rides are left out: the vehicle stands for its riders. */
  withoutRides: boolean;
}

/** Result of cutting a track. */
interface Parts {
  parts: SampledWay[];
  gaps: number;
  jumps: number;
  /** Samples that were left out, each too far from both of its neighbours. */
  spikes: number;
}

/** A vehicle missing from one step is gone; half a period more allows for times that are not even. */
const LONGEST_GAP_PERIODS = 1.5;
/** Of an entity without a period of its own, in the intervals that nine of ten are not above. */
const LONGEST_GAP_TENTHS = 3;

/** An entity's uninterrupted stays. Times count from the trace's begin. */
export function presencesOf(track: Track, cut: Cut): Parts {
  let way = track.unpacked();
  const longestGapUs = cut.isContinuous
    ? Number.POSITIVE_INFINITY
    : (cut.longestGapUs ?? ownLongestGapUs(way.timesUs));
  const gapAt = new Set<number>();
  for (let i = 1; i < track.length; i++) {
    if (way.timesUs[i]! - way.timesUs[i - 1]! > longestGapUs) gapAt.add(way.timesUs[i]!);
  }
  if (cut.isMesoscopic || cut.isMeasured) way = withoutSpikes(way, cut.maximumSpeedMps);
  const spikes = track.length - way.timesUs.length;
  if (cut.isMesoscopic) way = withoutStanding(way, gapAt);
  const { timesUs, x, y } = way;
  const found: Parts = { parts: [], gaps: 0, jumps: 0, spikes };
  const rides = cut.withoutRides ? track.rides : [];
  const isRiding = (timeUs: TimeUs) =>
    rides.some(({ fromUs, toUs }) => fromUs <= timeUs && timeUs <= toUs);
  let first = 0;
  for (let i = 1; i <= timesUs.length; i++) {
    const isRidingNow = isRiding(timesUs[i - 1]!);
    if (i < timesUs.length && isRidingNow === isRiding(timesUs[i]!)) {
      const isGap = gapAt.has(timesUs[i]!);
      const gapUs = timesUs[i]! - timesUs[i - 1]!;
      const distanceM = lengthOfXY(x[i]! - x[i - 1]!, y[i]! - y[i - 1]!);
      const isJump = distanceM * US_PER_S > cut.maximumSpeedMps * gapUs;
      if (!isGap && !isJump) continue;
      if (isGap) found.gaps++;
      else found.jumps++;
    }
    if (!isRidingNow) found.parts.push(partOf({ timesUs, x, y }, first, i, cut));
    first = i;
  }
  return found;
}

/** Samples `first` to `end`, without that one; a single one stands still until the next. */
function partOf({ timesUs, x, y }: SampledWay, first: number, end: number, cut: Cut): SampledWay {
  const since = timesUs[first]! - cut.beginUs;
  if (end - first === 1) {
    const nextUs = end < timesUs.length ? timesUs[end]! - cut.beginUs : cut.spanUs;
    return {
      timesUs: Float64Array.of(since, Math.min(since + cut.periodUs, nextUs)),
      x: Float64Array.of(x[first]!, x[first]!),
      y: Float64Array.of(y[first]!, y[first]!),
    };
  }
  const part = {
    timesUs: timesUs.subarray(first, end),
    x: x.subarray(first, end),
    y: y.subarray(first, end),
  };
  for (let i = 0; i < part.timesUs.length; i++) part.timesUs[i] = part.timesUs[i]! - cut.beginUs;
  return part;
}

/**
 * Regular samples, as a simulator writes them, have one interval for the most part: 1.5 of it is a
 * gap. Irregular ones, as of GPS, have none: a gap is three times what nine of ten are not above.
 */
function ownLongestGapUs(timesUs: Float64Array): TimeUs {
  const { length } = timesUs;
  const counts = new Counts();
  for (let i = 1; i < length; i++) counts.add(timesUs[i]! - timesUs[i - 1]!);
  const most = counts.mostFrequent();
  if (most === undefined) return 0;
  if (2 * most.count >= length - 1) return LONGEST_GAP_PERIODS * most.value;
  const intervals = Float64Array.from({ length: length - 1 }, (_, i) => {
    return timesUs[i + 1]! - timesUs[i]!;
  }).sort();
  return LONGEST_GAP_TENTHS * intervals[Math.floor(0.9 * (intervals.length - 1))]!;
}

/**
 * Mesoscopic vehicles stand at the start of a segment, then are at the next one at once. Only
 * the entries are known: the way between two is taken evenly.
 */
function withoutStanding(way: SampledWay, gapAt: ReadonlySet<number>): SampledWay {
  const { timesUs, x, y } = way;
  const { length } = timesUs;
  const isGapBefore = (i: number) => i >= length || gapAt.has(timesUs[i]!);
  const isSame = Array.from({ length }, (_, i) => {
    return i > 0 && x[i] === x[i - 1] && y[i] === y[i - 1];
  });
  const keeps = isSame.map((same, i) => !same || isGapBefore(i) || isGapBefore(i + 1));
  return keptOf(way, (i) => keeps[i]!);
}

/**
 * Leaves out each single sample that is too far from both of its neighbours while these are near
 * each other: SUMO 1.28 puts mesoscopic vehicles on a junction at the start of the edge before,
 * and GPS has such outliers.
 */
function withoutSpikes(way: SampledWay, maximumSpeedMps: number): SampledWay {
  const { timesUs, x, y } = way;
  const { length } = timesUs;
  const isFar = (a: number, b: number) => {
    const distanceM = lengthOfXY(x[b]! - x[a]!, y[b]! - y[a]!);
    return distanceM * US_PER_S > maximumSpeedMps * (timesUs[b]! - timesUs[a]!);
  };
  const keeps: boolean[] = new Array(length).fill(true);
  let last = 0;
  let spikes = 0;
  for (let i = 1; i < length; i++) {
    if (i + 1 < length && isFar(last, i) && isFar(i, i + 1) && !isFar(last, i + 1)) {
      keeps[i] = false;
      spikes++;
    } else {
      last = i;
    }
  }
  return spikes > 0 ? keptOf(way, (i) => keeps[i]!) : way;
}
