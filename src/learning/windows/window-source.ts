import { streamState } from '../../simulation/random.ts';
import type { TimeUs } from '../../simulation/time.ts';
import { type BatchStream, nextBatch, openBatchStream } from '../batch-stream.ts';
import type { Sampler } from '../sampling/sampler.ts';
import type { SensorSettings, SensorSource, SensorState } from './sensor.ts';

/** How long a window is: a time, or a number of items. */
type WindowLength = { everyUs: TimeUs } | { items: number };

/** Where the items of one worker's windows come from: its sensors, or its share of the train items. */
export interface WorkerWindows {
  length: WindowLength;
  /** How many windows there are. */
  count: number;
  /** Empty: what it collects on its way; or else the next items of its share, all there at once. */
  sensors: readonly SensorSettings[];
  share: Uint32Array | null;
}

export interface WindowSettings {
  seed: number;
  workers: ReadonlyMap<string, WorkerWindows>;
  source: SensorSource;
}

/** A window of a number of items. */
interface CutWindow {
  endUs: TimeUs;
  /** Null: those that its worker has collected by then. */
  items: Uint32Array | null;
}

/** How far one worker's windows are: plain data. */
export interface WindowState {
  /** Windows that were taken. */
  taken: number;
  /** The one after these, where its end was asked for and follows from its items. */
  next: CutWindow | null;
  sensors: SensorState[];
  stream: BatchStream | null;
}

export function openWindows({ seed, workers, source }: WindowSettings): Map<string, WindowState> {
  const states = [...workers].map(([worker, { sensors, share }]): [string, WindowState] => {
    const opened = sensors.map((sensor) => source.open(sensor));
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
  readonly #sampler: Sampler | null;

  /** `states` are advanced in place. `sampler`: of workers that collect what they learn from. */
  constructor(
    settings: WindowSettings,
    states: Map<string, WindowState>,
    sampler: Sampler | null = null,
  ) {
    this.#settings = settings;
    this.#states = states;
    this.#sampler = sampler;
  }

  /**
   * When the next window of the worker is complete; null: at once. Infinite when its sensors, or its way
   * over the map, will never give the items that it needs.
   */
  nextEndUs(worker: string): TimeUs | null {
    const { length, share } = this.#settings.workers.get(worker)!;
    if (share !== null) return null;
    const state = this.#states.get(worker)!;
    if ('everyUs' in length) return (state.taken + 1) * length.everyUs;
    state.next ??=
      this.#sampler === null
        ? this.#cut(worker, length.items, Number.POSITIVE_INFINITY)
        : { endUs: this.#sampler.hasItemsAtUs(worker, length.items), items: null };
    return state.next.endUs;
  }

  /**
   * The items of the worker's next window, in the order in which they came. A window of a time is cut
   * now, so that it holds what a source that is still being read has by its end.
   */
  take(worker: string): Uint32Array {
    const endUs = this.nextEndUs(worker);
    const { length } = this.#settings.workers.get(worker)!;
    const state = this.#states.get(worker)!;
    state.taken += 1;
    if (state.stream !== null) {
      const size = 'items' in length ? length.items : state.stream.order.length;
      return nextBatch(state.stream, size).items;
    }
    const cut = state.next;
    state.next = null;
    if (this.#sampler !== null) return this.#sampler.takeAll(worker, endUs!);
    return cut?.items ?? this.#cut(worker, Number.POSITIVE_INFINITY, endUs!).items;
  }

  /** As many items of sensors at most, and none after the end. */
  #cut(worker: string, most: number, endUs: TimeUs): CutWindow & { items: Uint32Array } {
    const { sensors } = this.#settings.workers.get(worker)!;
    const { sensors: states } = this.#states.get(worker)!;
    const items: number[] = [];
    let lastUs = 0;
    while (items.length < most) {
      // Of items at one time, the first sensor's comes first.
      const soonest = states.reduce(
        (best, { nextUs }, index) => (nextUs < states[best]!.nextUs ? index : best),
        0,
      );
      const { nextUs } = states[soonest]!;
      if (nextUs === Number.POSITIVE_INFINITY) {
        lastUs = nextUs;
        break;
      }
      // An item at the end of a window belongs to it.
      if (nextUs > endUs) break;
      items.push(this.#settings.source.take(sensors[soonest]!, states[soonest]!));
      lastUs = nextUs;
    }
    return { endUs: lastUs, items: Uint32Array.from(items) };
  }
}
