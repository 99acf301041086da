import { streamState } from '../../simulation/random.ts';
import type { TimeUs } from '../../simulation/time.ts';
import { type BatchStream, nextBatch, openBatchStream } from '../batch-stream.ts';
import { openSensor, type SensorSettings, type SensorState, takeItem } from './sensor.ts';

/** How long a window is: a time, or a number of items. */
type WindowLength = { everyUs: TimeUs } | { items: number };

/** Where the items of one worker's windows come from: its sensors, or its share of the train items. */
export interface WorkerWindows {
  length: WindowLength;
  /** Empty: the next items of its share, all there at once. */
  sensors: readonly SensorSettings[];
  share: Uint32Array | null;
}

export interface WindowSettings {
  seed: number;
  workers: ReadonlyMap<string, WorkerWindows>;
  /** Train items by class; in the first place all of them where a sensor has no labels. */
  byLabel: readonly Uint32Array[];
}

/** How far one worker's windows are: plain data. */
export interface WindowState {
  /** Windows that were taken. */
  taken: number;
  /** The one after these, where it was asked for. */
  next: { endUs: TimeUs | null; items: Uint32Array } | null;
  sensors: SensorState[];
  stream: BatchStream | null;
}

export function openWindows({ seed, workers }: WindowSettings): Map<string, WindowState> {
  const states = [...workers].map(([worker, { sensors, share }]): [string, WindowState] => {
    const opened = sensors.map((sensor) =>
      openSensor(sensor, streamState(seed, `sensor/${sensor.id}`)),
    );
    const stream =
      share === null ? null : openBatchStream(share, streamState(seed, `batches/${worker}`));
    return [worker, { taken: 0, next: null, sensors: opened, stream }];
  });
  return new Map(states);
}

/** Cuts the items that reach each worker into windows that follow one another without overlap. */
export class WindowSource {
  readonly #settings: WindowSettings;
  readonly #states: Map<string, WindowState>;

  /** `states` are advanced in place. */
  constructor(settings: WindowSettings, states: Map<string, WindowState>) {
    this.#settings = settings;
    this.#states = states;
  }

  /**
   * When the next window of the worker is complete; null: at once. Infinite when its sensors will never
   * give the items that it needs.
   */
  nextEndUs(worker: string): TimeUs | null {
    return this.#next(worker).endUs;
  }

  /** The items of the worker's next window, in the order in which they came. */
  take(worker: string): Uint32Array {
    const { items } = this.#next(worker);
    const state = this.#states.get(worker)!;
    state.next = null;
    state.taken += 1;
    return items;
  }

  #next(worker: string): NonNullable<WindowState['next']> {
    const state = this.#states.get(worker)!;
    state.next ??= this.#cut(this.#settings.workers.get(worker)!, state);
    return state.next;
  }

  #cut(
    { length, sensors }: WorkerWindows,
    { taken, sensors: states, stream }: WindowState,
  ): NonNullable<WindowState['next']> {
    if (stream !== null) {
      const size = 'items' in length ? length.items : stream.order.length;
      return { endUs: null, items: nextBatch(stream, size).items };
    }
    const items: number[] = [];
    const endUs = 'everyUs' in length ? (taken + 1) * length.everyUs : null;
    const wanted = 'items' in length ? length.items : Number.POSITIVE_INFINITY;
    let lastUs = 0;
    while (items.length < wanted) {
      // Of items at one time, the first sensor's comes first.
      const soonest = states.reduce(
        (best, { nextUs }, index) => (nextUs < states[best]!.nextUs ? index : best),
        0,
      );
      const { nextUs } = states[soonest]!;
      if (nextUs === Number.POSITIVE_INFINITY && endUs === null) {
        return { endUs: Number.POSITIVE_INFINITY, items: Uint32Array.from(items) };
      }
      // An item at the end of a window belongs to it.
      if (endUs !== null && nextUs > endUs) break;
      items.push(takeItem(sensors[soonest]!, states[soonest]!, this.#settings.byLabel));
      lastUs = nextUs;
    }
    return { endUs: endUs ?? lastUs, items: Uint32Array.from(items) };
  }
}
