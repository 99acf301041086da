import type { TimeUs } from '../simulation/time.ts';
import type { SampleStore, Storable } from './sample-store.ts';
import type { SampledWay } from './sampled-way.ts';

/**
 * A sample is a byte that gives its form, then numbers relative to the sample before it. Bits 0 and 1,
 * and 2 and 3: bytes of the step of x and of y (0, 1, 2 or 4). Bit 4: the time from the sample before is
 * another one than that sample's, and follows (8 bytes). Bits 5 and 6: the unit of x and y.
 */
const TIME_FOLLOWS = 1 << 4;
const UNIT_SHIFT = 5;
/** Steps are in these parts of a metre: as SUMO writes them, and degrees. */
const PARTS = [100, 1_000_000] as const;
/** x and y follow as they are (8 bytes each). */
const PLAIN = 2;
const LONGEST_SAMPLE = 1 + 8 + 8 + 8;
/** The largest step of four bytes. */
const LONGEST_STEP = 0x7fffffff;

const NOTHING = new Uint8Array(0);
/** Of a number that follows as it is. */
const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);

/**
 * Samples in a few bytes each, exactly as they came: five of a trace that SUMO writes, with two
 * decimals and a row a second; 25 at most. Times are whole microseconds.
 *
 * A store, if there is one, may move the bytes to its file: then they are read there when unpacked.
 */
export class PackedSamples implements Storable {
  length = 0;
  firstUs: TimeUs = Number.NaN;
  lastUs: TimeUs = Number.NaN;
  lastX = 0;
  lastY = 0;
  #bytes = NOTHING;
  #end = 0;
  #stepUs = 0;
  #store: SampleStore | undefined;
  /** Of the bytes before those in memory: offset in the store's file, length, offset, length, … */
  #moved: number[] | undefined;

  constructor(store?: SampleStore) {
    this.#store = store;
  }

  static of({ timesUs, x, y }: SampledWay, store?: SampleStore): PackedSamples {
    const packed = new PackedSamples();
    for (let i = 0; i < timesUs.length; i++) packed.push(timesUs[i]!, x[i]!, y[i]!);
    packed.#resize(packed.#end);
    packed.#store = store;
    store?.grow(packed, packed.#end);
    return packed;
  }

  /** Of samples that were packed before; `bytes` become this one's. */
  static restored(
    bytes: Uint8Array<ArrayBuffer>,
    { length, firstUs, lastUs }: Pick<PackedSamples, 'length' | 'firstUs' | 'lastUs'>,
    store?: SampleStore,
  ): PackedSamples {
    const packed = new PackedSamples();
    Object.assign(packed, { length, firstUs, lastUs });
    packed.#bytes = bytes;
    packed.#end = bytes.length;
    // Not known: a sample that came next would be written as it is.
    packed.lastX = packed.lastY = packed.#stepUs = Number.NaN;
    packed.#store = store;
    store?.grow(packed, packed.#end);
    return packed;
  }

  push(timeUs: TimeUs, x: number, y: number): void {
    const before = this.#bytes.length;
    if (this.#end + LONGEST_SAMPLE > before) this.#resize(1.5 * this.#end + 64);
    const tagAt = this.#end++;
    let tag = 0;
    const stepUs = this.length === 0 ? timeUs : timeUs - this.lastUs;
    if (stepUs !== this.#stepUs) {
      tag = TIME_FOLLOWS;
      this.#pushDouble(stepUs);
      this.#stepUs = stepUs;
    }
    let unit = 0;
    for (; unit < PLAIN; unit++) {
      const parts = PARTS[unit]!;
      const stepX = stepTo(x, this.lastX, parts);
      const stepY = stepTo(y, this.lastY, parts);
      if (Number.isNaN(stepX) || Number.isNaN(stepY)) continue;
      tag |= this.#pushStep(stepX);
      tag |= this.#pushStep(stepY) << 2;
      break;
    }
    if (unit === PLAIN) {
      this.#pushDouble(x);
      this.#pushDouble(y);
    }
    this.#bytes[tagAt] = tag | (unit << UNIT_SHIFT);
    if (this.length === 0) this.firstUs = timeUs;
    this.lastUs = timeUs;
    this.lastX = x;
    this.lastY = y;
    this.length++;
    const grown = this.#bytes.length - before;
    if (grown > 0) this.#store?.grow(this, grown);
  }

  moveTo(offset: number): Uint8Array {
    const moved = this.#bytes.subarray(0, this.#end);
    this.#moved ??= [];
    this.#moved.push(offset, moved.length);
    this.#bytes = NOTHING;
    this.#end = 0;
    return moved;
  }

  /** Is not unpacked any more: takes no place in the store. */
  release(): void {
    this.#store?.shrink(this, this.#bytes.length);
  }

  /** All of them; what comes later leaves these as they are. */
  unpacked(): SampledWay {
    const { length } = this;
    const { bytes } = this;
    const all = new Float64Array(3 * length);
    let [at, timeUs, stepUs, x, y] = [0, 0, 0, 0, 0];
    for (let i = 0; i < length; i++) {
      const tag = bytes[at++]!;
      if ((tag & TIME_FOLLOWS) !== 0) {
        stepUs = doubleAt(bytes, at);
        at += 8;
      }
      timeUs += stepUs;
      const unit = tag >> UNIT_SHIFT;
      if (unit === PLAIN) {
        x = doubleAt(bytes, at);
        y = doubleAt(bytes, at + 8);
        at += 16;
      } else {
        const parts = PARTS[unit]!;
        x = (Math.round(x * parts) + stepAt(bytes, at, tag & 3)) / parts;
        at += widthOf(tag & 3);
        y = (Math.round(y * parts) + stepAt(bytes, at, (tag >> 2) & 3)) / parts;
        at += widthOf((tag >> 2) & 3);
      }
      all[i] = timeUs;
      all[length + i] = x;
      all[2 * length + i] = y;
    }
    return {
      timesUs: all.subarray(0, length),
      x: all.subarray(length, 2 * length),
      y: all.subarray(2 * length),
    };
  }

  /** All of them, those in the store's file too; not to be changed. */
  get bytes(): Uint8Array {
    const moved = this.#moved;
    if (moved === undefined) return this.#bytes.subarray(0, this.#end);
    const lengths = moved.filter((_, i) => i % 2 === 1);
    const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, this.#end));
    let at = 0;
    for (const [i, length] of lengths.entries()) {
      this.#store!.read(moved[2 * i]!, bytes.subarray(at, at + length));
      at += length;
    }
    bytes.set(this.#bytes.subarray(0, this.#end), at);
    return bytes;
  }

  #resize(length: number): void {
    const bytes = new Uint8Array(Math.ceil(length));
    bytes.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = bytes;
  }

  #pushDouble(value: number): void {
    double[0] = value;
    this.#bytes.set(doubleBytes, this.#end);
    this.#end += 8;
  }

  /** Out: the form of its width. */
  #pushStep(step: number): number {
    if (step === 0) return 0;
    const bytes = this.#bytes;
    bytes[this.#end++] = step;
    if (step === (step << 24) >> 24) return 1;
    bytes[this.#end++] = step >> 8;
    if (step === (step << 16) >> 16) return 2;
    bytes[this.#end++] = step >> 16;
    bytes[this.#end++] = step >> 24;
    return 3;
  }
}

/** The whole number of steps that leads to exactly the value; NaN where there is none. */
function stepTo(value: number, from: number, parts: number): number {
  const whole = Math.round(value * parts);
  const step = whole - Math.round(from * parts);
  const isExact = whole / parts === value && (value !== 0 || 1 / value > 0);
  return isExact && Math.abs(step) <= LONGEST_STEP ? step : Number.NaN;
}

function widthOf(form: number): number {
  return form === 3 ? 4 : form;
}

function stepAt(bytes: Uint8Array, at: number, form: number): number {
  if (form === 0) return 0;
  const first = bytes[at]!;
  if (form === 1) return (first << 24) >> 24;
  const two = first | (bytes[at + 1]! << 8);
  if (form === 2) return (two << 16) >> 16;
  return two | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function doubleAt(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 8; i++) doubleBytes[i] = bytes[at + i]!;
  return double[0]!;
}
