import { lineEnds, startsSimulated } from '../../journal/reader.ts';

const NUMBER_AT = '{"n":'.length;
const [NEWLINE, COMMA, ZERO, NINE] = [0x0a, 0x2c, 0x30, 0x39];

/** Simulated lines of a journal for a page, which are not parsed on their way to it. */
export class LineTexts {
  readonly #limit: number;
  /** Copies of lines that stand beside each other in the file: the block's memory is used again. */
  readonly #runs: Buffer[] = [];
  #count = 0;
  /** The event after the last of them. */
  next: number;

  /** Takes up to `limit` lines, from event `from` on. */
  constructor(from: number, limit: number) {
    this.next = from;
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.#count >= this.#limit;
  }

  /** Takes those of a block of whole lines. Out: how many of its bytes were looked at. */
  add(block: Buffer): number {
    let begin = 0;
    let start = 0;
    for (const end of lineEnds(block)) {
      const n = numberOf(block, start);
      if (n === null || n < this.next) {
        this.#take(block, begin, start);
        begin = end;
      } else {
        this.next = n + 1;
        this.#count += 1;
      }
      start = end;
      if (this.isFull) break;
    }
    this.#take(block, begin, start);
    return start;
  }

  /** As elements of a list in JSON. */
  json(): Buffer {
    const bytes = Buffer.concat(this.#runs);
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
      bytes[at] = COMMA;
    }
    // Behind the last one there is no other.
    return bytes.subarray(0, Math.max(0, bytes.length - 1));
  }

  #take(block: Buffer, from: number, to: number): void {
    if (to > from) this.#runs.push(Buffer.from(block.subarray(from, to)));
  }
}

/** Of a simulated event; null for a host line. */
function numberOf(block: Buffer, start: number): number | null {
  if (!startsSimulated(block, start)) return null;
  let n = 0;
  for (let at = start + NUMBER_AT; block[at]! >= ZERO && block[at]! <= NINE; at++) {
    n = 10 * n + block[at]! - ZERO;
  }
  return n;
}
