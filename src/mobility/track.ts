import type { TimeUs } from '../simulation/time.ts';
import { PackedSamples } from './packed-samples.ts';
import type { SampleStore } from './sample-store.ts';
import type { SampledWay } from './sampled-way.ts';

/** The samples of one entity, growing as the trace is read. */
export class Track {
  /** SUMO's vType; '' when it is not known. */
  type = '';
  /** From the first to the last sample that the entity was inside of a vehicle. */
  readonly rides: { fromUs: TimeUs; toUs: TimeUs }[] = [];
  readonly #store: SampleStore;
  #samples: PackedSamples;
  #carrier: object | undefined;
  /** Of the ride: how many samples came before it, and the time of its first one. */
  #before = 0;
  #sinceUs: TimeUs = 0;

  constructor(store: SampleStore) {
    this.#store = store;
    this.#samples = new PackedSamples(store);
  }

  get length(): number {
    return this.#samples.length;
  }

  get firstUs(): TimeUs {
    return this.#samples.firstUs;
  }

  get lastUs(): TimeUs {
    return this.#samples.lastUs;
  }

  get lastX(): number {
    return this.#samples.lastX;
  }

  get lastY(): number {
    return this.#samples.lastY;
  }

  push(timeUs: TimeUs, x: number, y: number): void {
    if (this.#carrier !== undefined && this.length === this.#before) this.#sinceUs = timeUs;
    this.#samples.push(timeUs, x, y);
  }

  unpacked(): SampledWay {
    return this.#samples.unpacked();
  }

  /** Has these samples instead. */
  replace(way: SampledWay): void {
    this.#samples.release();
    this.#samples = PackedSamples.of(way, this.#store);
  }

  /** Forgets its samples. */
  clear(): void {
    this.#samples.release();
    this.#samples = new PackedSamples(this.#store);
  }

  /**
   * Says before each `push` in which vehicle the entity is, if any. One sample at the place of a
   * vehicle is accidental; a ride has two with the same one.
   */
  carriedBy(carrier: object | undefined): void {
    if (carrier === this.#carrier) return;
    this.endRide();
    this.#carrier = carrier;
    this.#before = this.length;
  }

  /** After the last sample. */
  endRide(): void {
    if (this.#carrier !== undefined && this.length - this.#before >= 2) {
      this.rides.push({ fromUs: this.#sinceUs, toUs: this.lastUs });
    }
    this.#carrier = undefined;
  }

  /** The rides by the vehicle, if any, that the entity is in at each sample. */
  setRides(timesUs: Float64Array, carriers: readonly (object | undefined)[]): void {
    this.rides.length = 0;
    for (let i = 0; i < carriers.length; i++) {
      if (i > 0 && carriers[i] === carriers[i - 1]) continue;
      let end = i + 1;
      while (end < carriers.length && carriers[end] === carriers[i]) end++;
      if (carriers[i] !== undefined && end - i >= 2) {
        this.rides.push({ fromUs: timesUs[i]!, toUs: timesUs[end - 1]! });
      }
    }
  }
}
