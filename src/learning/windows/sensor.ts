import { type RandomState, RandomStream } from '../../simulation/random.ts';
import { secondsToUs, type TimeUs } from '../../simulation/time.ts';

/** When the items of a sensor come: one after another at a rate, by chance, or at times of a list. */
type Arrivals =
  | { process: 'fixed'; itemsPerS: number }
  | { process: 'poisson'; itemsPerS: number }
  | { process: 'times'; timesS: readonly number[] };

/** One sensor of a worker: plain data. */
export interface SensorSettings {
  id: string;
  arrivals: Arrivals;
  /** By class: the chance that an item is of it; they sum to 1. Null: as the items are. */
  labels: readonly number[] | null;
}

/** How far a sensor is: plain data. */
export interface SensorState {
  /** Items so far. */
  items: number;
  /** When its next item comes; infinite when none does. */
  nextUs: TimeUs;
  random: RandomState;
}

/** A sensor before its first item; the first of a fixed rate comes after one period. */
export function openSensor({ arrivals }: SensorSettings, random: RandomState): SensorState {
  const state = { items: 0, nextUs: 0, random };
  scheduleNext(arrivals, state);
  return state;
}

/**
 * Takes the sensor's next item: an index into the train split, drawn with replacement from the items of
 * a class that is drawn first. `byLabel`: the items of each class; of all of them for null labels.
 */
export function takeItem(
  { arrivals, labels }: SensorSettings,
  state: SensorState,
  byLabel: readonly Uint32Array[],
): number {
  const random = new RandomStream(state.random);
  const pool = labels === null ? byLabel[0]! : byLabel[drawLabel(labels, random.float())]!;
  const item = pool[random.integer(pool.length)]!;
  state.random = random.state;
  state.items += 1;
  scheduleNext(arrivals, state);
  return item;
}

/** Times are exact multiples of the period, so that no rounding adds up. */
function scheduleNext(arrivals: Arrivals, state: SensorState): void {
  const { items } = state;
  switch (arrivals.process) {
    case 'fixed':
      state.nextUs = Math.round(((items + 1) * 1e6) / arrivals.itemsPerS);
      return;
    case 'poisson': {
      const random = new RandomStream(state.random);
      const waitUs = (-Math.log(1 - random.float()) * 1e6) / arrivals.itemsPerS;
      state.random = random.state;
      state.nextUs += Math.max(1, Math.round(waitUs));
      return;
    }
    case 'times': {
      const timeS = arrivals.timesS[items];
      state.nextUs = timeS === undefined ? Number.POSITIVE_INFINITY : secondsToUs(timeS);
    }
  }
}

function drawLabel(labels: readonly number[], chance: number): number {
  let sum = 0;
  for (const [label, share] of labels.entries()) {
    sum += share;
    if (chance < sum) return label;
  }
  // Rounding may leave the sum a little under 1.
  return labels.findLastIndex((share) => share > 0);
}
