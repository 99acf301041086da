import { log } from '../../elementary.ts';
import { type RandomState, RandomStream, streamState } from '../../simulation/random.ts';
import { type TimeUs, US_PER_S } from '../../simulation/time.ts';
import { drawLabel, mixAt } from './label-mix.ts';
import type { MapStay, SampledRegion, SamplingSettings } from './sampling-settings.ts';

/** How far one worker's collecting is: plain data. */
export interface SamplingState {
  repetition: number;
  /** The stay that it is in, or waits for: an index, of this repetition. */
  stay: number;
  /** Samples of this stay, those outside of all regions among them. */
  samples: number;
  /** When the next one comes; infinite after the last stay. */
  nextUs: TimeUs;
  random: RandomState;
  /** The random stream of the batches. */
  batches: RandomState;
  /** Train items. Once it is full, it is a ring. */
  buffer: number[];
  /** Place of the oldest item. */
  oldest: number;
  since: SampleCounts;
}

/** Counts of one worker's samples since the last report: plain data. */
interface SampleCounts {
  /** By region in which some were collected: how many of each label; of numbers to learn, all in one. */
  regions: Map<string, number[]>;
  /** Moments for a sample that found the worker in no region. */
  outside: number;
  /** Samples that went for a newer one. */
  overwritten: number;
  /** Samples that left the map with their worker. */
  left: number;
}

export function openSampling(settings: SamplingSettings): Map<string, SamplingState> {
  return new Map([...settings.stays.keys()].map((worker) => [worker, opened(settings, worker)]));
}

function opened(settings: SamplingSettings, worker: string): SamplingState {
  const state: SamplingState = {
    repetition: 0,
    stay: 0,
    samples: 0,
    nextUs: Number.POSITIVE_INFINITY,
    random: streamState(settings.seed, `samples/${worker}`),
    batches: streamState(settings.seed, `batches/${worker}`),
    buffer: [],
    oldest: 0,
    since: noCounts(),
  };
  scheduleNext(settings, stayOf(settings, worker, state), state);
  return state;
}

function noCounts(): SampleCounts {
  return { regions: new Map(), outside: 0, overwritten: 0, left: 0 };
}

/**
 * Collects samples for workers where they are. The contents of a buffer at a time follow from the
 * movement and the worker's own random streams alone, whenever and by whom it is asked.
 */
export class Sampler {
  readonly #settings: SamplingSettings;
  readonly #states: Map<string, SamplingState>;

  /** `states` are advanced in place. */
  constructor(settings: SamplingSettings, states = openSampling(settings)) {
    this.#settings = settings;
    this.#states = states;
  }

  /**
   * When the worker has a sample to learn from; null: now. Infinite when it will not have one before it
   * leaves the map.
   */
  nextSampleUs(worker: string, nowUs: TimeUs): TimeUs | null {
    const state = this.#advance(worker, nowUs);
    if (state.buffer.length > 0) return null;
    const stay = stayOf(this.#settings, worker, state);
    const { samples, nextUs, random } = state;
    const ahead = { samples, nextUs, random };
    while (stay !== null && !isPastAllRegions(stay, ahead.nextUs)) {
      if (regionAt(stay, ahead.nextUs) !== null) return ahead.nextUs;
      ahead.samples += 1;
      scheduleNext(this.#settings, stay, ahead);
    }
    return Number.POSITIVE_INFINITY;
  }

  /**
   * When the worker's buffer, which holds that many at least, will have that many samples. Infinite when
   * none of its stays on the map, each once from now on, gives them: what it has goes with it.
   */
  hasItemsAtUs(worker: string, items: number): TimeUs {
    const ahead = structuredClone(this.#states.get(worker)!);
    const stays = this.#settings.stays.get(worker)!.length;
    let timeUs = Number.NEGATIVE_INFINITY;
    for (let ended = 0; ended <= stays; ) {
      if (ahead.buffer.length >= items) return timeUs;
      const stay = stayOf(this.#settings, worker, ahead);
      if (stay === null) break;
      // A worker that stays for good collects nothing after its last region.
      if (stay.toUs === Number.POSITIVE_INFINITY && isPastAllRegions(stay, ahead.nextUs)) break;
      timeUs = Math.min(ahead.nextUs, stay.toUs);
      this.#step(worker, ahead, stay, timeUs);
      if (timeUs === stay.toUs) ended += 1;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Items drawn from the worker's buffer with replacement; none when it is empty. */
  batch(worker: string, nowUs: TimeUs, size: number): Uint32Array<ArrayBuffer> {
    const state = this.#advance(worker, nowUs);
    const { buffer } = state;
    if (buffer.length === 0) return new Uint32Array(0);
    const random = new RandomStream(state.batches);
    const items = Uint32Array.from({ length: size }, () => buffer[random.integer(buffer.length)]!);
    state.batches = random.state;
    return items;
  }

  /** Empties the worker's buffer, the oldest item first. */
  takeAll(worker: string, nowUs: TimeUs): Uint32Array<ArrayBuffer> {
    const state = this.#advance(worker, nowUs);
    const { buffer, oldest } = state;
    state.buffer = [];
    state.oldest = 0;
    return Uint32Array.from([...buffer.slice(oldest), ...buffer.slice(0, oldest)]);
  }

  /** Counts since the last report; null where there are none. */
  report(
    worker: string,
  ): (Omit<SampleCounts, 'regions'> & { regions: Record<string, number[]> }) | null {
    const state = this.#states.get(worker)!;
    const { regions, ...counts } = state.since;
    state.since = noCounts();
    if (regions.size + counts.outside + counts.overwritten + counts.left === 0) return null;
    return { regions: Object.fromEntries(regions), ...counts };
  }

  /** All workers collect up to that time, for a last report. */
  finish(nowUs: TimeUs): readonly string[] {
    const workers = [...this.#states.keys()];
    for (const worker of workers) this.#advance(worker, nowUs);
    return workers;
  }

  save(): Map<string, SamplingState> {
    return structuredClone(this.#states);
  }

  /** A sample at that time is collected; a worker that leaves at that time has left. */
  #advance(worker: string, untilUs: TimeUs): SamplingState {
    const state = this.#states.get(worker)!;
    for (;;) {
      const stay = stayOf(this.#settings, worker, state);
      if (stay === null || !this.#step(worker, state, stay, untilUs)) return state;
    }
  }

  /** Its next sample, or the end of its stay; false: neither comes by that time. */
  #step(worker: string, state: SamplingState, stay: ShiftedStay, untilUs: TimeUs): boolean {
    const settings = this.#settings;
    if (Math.min(state.nextUs, stay.toUs) > untilUs) return false;
    if (state.nextUs < stay.toUs) {
      this.#collect(state, stay);
      state.samples += 1;
    } else leave(settings, worker, state);
    scheduleNext(settings, stayOf(settings, worker, state), state);
    return true;
  }

  #collect(state: SamplingState, stay: ShiftedStay): void {
    const { since } = state;
    const index = regionAt(stay, state.nextUs);
    if (index === null) {
      since.outside += 1;
      return;
    }
    const { classes, targets, buffer: most, regions } = this.#settings;
    const region = regions[index]!;
    const item = drawItem(region, state);
    const label = classes === null ? 0 : targets[item]!;
    const counts = since.regions.get(region.id) ?? new Array<number>(classes ?? 1).fill(0);
    counts[label]! += 1;
    since.regions.set(region.id, counts);
    if (state.buffer.length < most) {
      state.buffer.push(item);
      return;
    }
    state.buffer[state.oldest] = item;
    state.oldest = (state.oldest + 1) % most;
    since.overwritten += 1;
  }
}

/** With replacement, from the items of a label that is drawn first. */
function drawItem({ pools, mixes, change }: SampledRegion, state: SamplingState): number {
  const random = new RandomStream(state.random);
  const label = mixes === null ? 0 : drawLabel(mixAt(mixes, change, state.nextUs), random.float());
  const pool = pools[label]!;
  const item = pool[random.integer(pool.length)]!;
  state.random = random.state;
  return item;
}

/** Another entity may have the worker's name next, and has collected nothing. */
function leave(settings: SamplingSettings, worker: string, state: SamplingState): void {
  state.since.left += state.buffer.length;
  Object.assign(state, { buffer: [], oldest: 0, samples: 0, stay: state.stay + 1 });
  if (state.stay < settings.stays.get(worker)!.length || settings.repeatUs === null) return;
  state.stay = 0;
  state.repetition += 1;
}

/** A stay in one repetition of all stays. */
interface ShiftedStay {
  stay: MapStay;
  /** Added to its times. */
  laterUs: TimeUs;
  fromUs: TimeUs;
  toUs: TimeUs;
}

/** The worker's stay now or next; null: there is none any more. */
function stayOf(
  { stays, repeatUs }: SamplingSettings,
  worker: string,
  { stay: index, repetition }: Pick<SamplingState, 'stay' | 'repetition'>,
): ShiftedStay | null {
  const stay = stays.get(worker)![index];
  if (stay === undefined) return null;
  const laterUs = repetition === 0 ? 0 : repetition * repeatUs!;
  return { stay, laterUs, fromUs: stay.fromUs + laterUs, toUs: stay.toUs + laterUs };
}

/** Of a fixed rate, sample n = 0, 1, … of a stay comes (n + 1) periods after its begin, so that no rounding adds up. */
function scheduleNext(
  { process, samplesPerS }: SamplingSettings,
  stay: ShiftedStay | null,
  state: Pick<SamplingState, 'samples' | 'nextUs' | 'random'>,
): void {
  if (stay === null) {
    state.nextUs = Number.POSITIVE_INFINITY;
  } else if (process === 'fixed') {
    state.nextUs = stay.fromUs + Math.round(((state.samples + 1) * US_PER_S) / samplesPerS);
  } else {
    const random = new RandomStream(state.random);
    const waitUs = (-log(1 - random.float()) * US_PER_S) / samplesPerS;
    state.random = random.state;
    const sinceUs = state.samples === 0 ? stay.fromUs : state.nextUs;
    state.nextUs = sinceUs + Math.max(1, Math.round(waitUs));
  }
}

/** Then there is no sample any more, however long it stays. */
function isPastAllRegions({ stay, laterUs }: ShiftedStay, timeUs: TimeUs): boolean {
  return timeUs >= (stay.visits.at(-1)?.toUs ?? 0) + laterUs;
}

/** Index of the region at that time; null outside of all. */
function regionAt({ stay, laterUs }: ShiftedStay, shownUs: TimeUs): number | null {
  const { visits } = stay;
  const timeUs = shownUs - laterUs;
  let [low, high] = [0, visits.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (visits[middle]!.toUs <= timeUs) low = middle + 1;
    else high = middle;
  }
  const visit = visits[low];
  return visit !== undefined && visit.fromUs <= timeUs ? visit.region : null;
}
