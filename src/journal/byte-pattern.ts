/** Bytes that are looked for at a place, four at a time: a journal is compared with them byte by byte otherwise. */
export class BytePattern {
  readonly length: number;
  readonly #words: Int32Array;
  /** Where each word stands; the last one may overlap the one before. */
  readonly #places: number[];
  /** Of patterns that have no whole word. */
  readonly #bytes: Buffer;

  constructor(text: string) {
    const bytes = Buffer.from(text);
    this.length = bytes.length;
    const whole = Array.from({ length: bytes.length >> 2 }, (_, index) => 4 * index);
    const hasRest = whole.length > 0 && bytes.length % 4 > 0;
    this.#places = hasRest ? [...whole, bytes.length - 4] : whole;
    this.#words = Int32Array.from(this.#places, (at) => bytes.readInt32LE(at));
    this.#bytes = whole.length === 0 ? bytes : Buffer.alloc(0);
  }

  isAt(view: DataView, from: number): boolean {
    if (from + this.length > view.byteLength) return false;
    const words = this.#words;
    const places = this.#places;
    for (let index = 0; index < words.length; index++) {
      if (view.getInt32(from + places[index]!, true) !== words[index]) return false;
    }
    const bytes = this.#bytes;
    for (let index = 0; index < bytes.length; index++) {
      if (view.getUint8(from + index) !== bytes[index]) return false;
    }
    return true;
  }
}
