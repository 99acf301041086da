import type { RandomState } from '../../simulation/random.ts';
import type { TimeUs } from '../../simulation/time.ts';

/** When the items of a sensor come: one after another at a rate, at random, or at times of a list. */
export type Arrivals =
  | { process: 'fixed'; itemsPerS: number }
  | { process: 'poisson'; itemsPerS: number }
  | { process: 'times'; timesS: readonly number[] };

/** One sensor of a worker: plain data. */
export interface SensorSettings {
  id: string;
  arrivals: Arrivals;
  /** By class: the probability that an item is of it; they sum to 1. Null: as the items are. */
  labels: readonly number[] | null;
}

/** How far a sensor is: plain data. */
export interface SensorState {
  /** Items so far. */
  items: number;
  /** When its next item comes; infinite when none does. */
  nextUs: TimeUs;
  /** Of the built-in sensors. */
  random: RandomState | null;
}

/** Where the items of sensors come from. */
export interface SensorSource {
  /** A sensor before its first item. */
  open(sensor: SensorSettings): SensorState;
  /** Takes the sensor's next item, an index into the train split, and sets when the one after it comes. */
  take(sensor: SensorSettings, state: SensorState): number;
  /** Of one that reads from elsewhere: rejects when it cannot go on. */
  readonly failed?: Promise<never>;
  /** Ends the reading. */
  close?(): Promise<void>;
}

/** One item of a sensor, as files and topics hold it. */
export interface SensorItem {
  sensor: string;
  /** Its place among the sensor's items, from 0. */
  sequence: number;
  /** When it comes, since the begin of the run. */
  timeUs: TimeUs;
  /** Index into the train split. */
  item: number;
}
