import type { TimeUs } from '../../simulation/time.ts';
import type { Split } from '../dataset.ts';

/** Workers that collect samples where they are: what they may find there, and how often. */
export interface SamplingSettings {
  seed: number;
  /** One after another at equal distances, or at random. */
  process: 'fixed' | 'poisson';
  samplesPerS: number;
  /** Samples that a worker keeps; the oldest goes for one more. */
  buffer: number;
  regions: readonly SampledRegion[];
  /** By worker: when it is on the map, in order of time. */
  stays: ReadonlyMap<string, readonly MapStay[]>;
  /** All stays come again after this time; null: never. */
  repeatUs: TimeUs | null;
  /** Of the train items. */
  targets: Split['targets'];
  /** Null where targets are numbers. */
  classes: number | null;
}

/** Samples that can be collected in a region. */
export interface SampledRegion {
  id: string;
  /** Train items by label; with no mixes in one list. */
  pools: readonly Uint32Array[];
  /** In order of time, the first one at the begin; null: each item is as likely as another. */
  mixes: readonly TimedMix[] | null;
  /** From one mix to the next: at once at its time, or evenly until then. */
  change: 'step' | 'linear';
}

/** By label, the probability of a sample to be of it from that time on; they sum to 1. */
export interface TimedMix {
  fromUs: TimeUs;
  shares: readonly number[];
}

/** A worker is on the map from `fromUs` on and before `toUs`, and meanwhile in these regions. */
export interface MapStay {
  fromUs: TimeUs;
  toUs: TimeUs;
  /** In order of time, none overlapping another. `region`: index into the regions. */
  visits: readonly { region: number; fromUs: TimeUs; toUs: TimeUs }[];
}
