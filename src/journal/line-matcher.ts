import { readFileSync } from 'node:fs';

// Where each part lies in the memory of assembly/index.ts.
const [UNKNOWN_AT, UNKNOWN_LENGTH, VALUES] = [16, 20, 64];
const UNKNOWN_TEXT = -2;
const BUCKETS = 4096;
const [SHAPES, SHAPES_END] = [8192, 1 << 18];
/** A table of the names: twice as many places as names. */
const TABLE = SHAPES_END;
const MOST_TEXTS = 1 << 16;
const BLOCK = TABLE + 8 * MOST_TEXTS;
const BLOCK_BYTES = 1 << 19;
/** Behind the block: a word that begins in it is read as a whole. */
const TEXTS = BLOCK + BLOCK_BYTES + 64;
const PAGE_BYTES = 1 << 16;
export const MOST_VALUES = 512;
/** A shape is looked up by as many bytes of its first literal. */
export const LEAST_FIRST_BYTES = 16;

/** What a slot holds, as assembly/index.ts knows it. */
const KINDS = { count: 1, text: 2, decimal: 3, list: 4, countList: 5, rows: 6 } as const;
export type SlotKind = keyof typeof KINDS;

/** A literal, and the slot behind it; null behind the last one. */
export interface ShapePart {
  literal: string;
  slot: { kind: SlotKind; width: number } | null;
}

interface MatcherExports {
  match(line: number, end: number): number;
  bucketAt(type: number): number;
  textAt(at: number, length: number): number;
}

/**
 * The shapes of one reader and a block of its journal, in a memory where WebAssembly compares them. Names
 * are kept for all readers of a thread.
 */
class LineMatcher {
  readonly #memory = new WebAssembly.Memory<ArrayBuffer>({ initial: pagesOf(TEXTS) });
  readonly #run: MatcherExports;
  #bytes = Buffer.alloc(0);
  #words = new DataView(new ArrayBuffer(0));
  /** Of the line that was matched last; of a decimal number or a list where it begins, then where it ends. */
  values = new Int32Array(0);
  /** Its number, and its time. */
  heads = new Float64Array(0);
  /** Names, each as one string. */
  texts: string[] = [];
  #textsEnd = TEXTS;
  #shapesEnd = SHAPES;
  #owner: object | null = null;
  #block: Buffer | null = null;

  constructor() {
    const file = new URL('./line-matcher.wasm', import.meta.url);
    const module = new WebAssembly.Module(readFileSync(file));
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#run = exports as unknown as MatcherExports;
    this.#view();
  }

  /** Whether that block of that reader is there. */
  holds(owner: object, block: Buffer): boolean {
    return owner === this.#owner && block === this.#block;
  }

  /** Takes it, in place of another one. Out: false for a block that is too long. */
  hold(owner: object, shapes: readonly { parts: readonly ShapePart[] }[], block: Buffer): boolean {
    if (block.length > BLOCK_BYTES) return false;
    if (owner !== this.#owner) {
      this.#owner = owner;
      this.#bytes.fill(0, BUCKETS, SHAPES);
      this.#shapesEnd = SHAPES;
      for (const [number, { parts }] of shapes.entries()) this.add(owner, parts, number);
    }
    block.copy(this.#bytes, BLOCK);
    this.#block = block;
    return true;
  }

  /** Adds a shape of a reader that holds it. */
  add(owner: object, parts: readonly ShapePart[], number: number): void {
    if (owner !== this.#owner || this.#shapesEnd + bytesOf(parts) > SHAPES_END) return;
    const shape = this.#shapesEnd;
    let at = shape + 8;
    for (const { literal, slot } of parts) {
      this.#setWord(at, slot === null ? 0 : KINDS[slot.kind]);
      this.#setWord(at + 4, slot?.width ?? 0);
      this.#setWord(at + 8, literal.length);
      this.#bytes.write(literal, at + 16, 'latin1');
      at += 16 + padded(literal.length);
    }
    this.#shapesEnd = at;
    const bucket = this.#run.bucketAt(shape + 24);
    this.#setWord(shape, this.#words.getUint32(bucket, true));
    this.#setWord(shape + 4, number);
    this.#setWord(bucket, shape);
  }

  /** Out: the number of the shape, or -1. */
  match(start: number, end: number): number {
    for (;;) {
      const found = this.#run.match(BLOCK + start, BLOCK + end);
      if (found !== UNKNOWN_TEXT) return found;
      if (!this.#addUnknown()) return -1;
    }
  }

  /** What stands between two places of the memory. */
  text(from: number, to: number): string {
    return this.#bytes.toString('latin1', from, to);
  }

  /** Out: false for a text that JSON writes with escapes, or one beyond ASCII. */
  #addUnknown(): boolean {
    const at = this.#words.getUint32(UNKNOWN_AT, true);
    const length = this.#words.getUint32(UNKNOWN_LENGTH, true);
    const text = this.text(at, at + length);
    if (!/^[ -[\]-~]*$/.test(text)) return false;
    if (this.texts.length >= MOST_TEXTS) this.#forgetTexts();
    const end = this.#textsEnd + 8 + padded(length);
    if (end > this.#bytes.length) {
      this.#memory.grow(pagesOf(end - this.#bytes.length));
      this.#view();
    }
    this.#setWord(this.#run.textAt(at, length), this.#textsEnd);
    this.#setWord(this.#textsEnd, this.texts.length);
    this.#setWord(this.#textsEnd + 4, length);
    this.#bytes.copyWithin(this.#textsEnd + 8, at, at + length);
    this.#textsEnd = end;
    this.texts.push(text);
    return true;
  }

  #forgetTexts(): void {
    this.#bytes.fill(0, TABLE, BLOCK);
    this.#textsEnd = TEXTS;
    this.texts = [];
  }

  #setWord(at: number, word: number): void {
    this.#words.setInt32(at, word, true);
  }

  #view(): void {
    const { buffer } = this.#memory;
    this.#bytes = Buffer.from(buffer);
    this.#words = new DataView(buffer);
    this.values = new Int32Array(buffer, VALUES, MOST_VALUES);
    this.heads = new Float64Array(buffer, 0, 2);
  }
}

let matcher: LineMatcher | null = null;

/** That of this thread. */
export function lineMatcher(): LineMatcher {
  matcher ??= new LineMatcher();
  return matcher;
}

/** In memory: two words, then each part with four words before it. */
function bytesOf(parts: readonly ShapePart[]): number {
  return parts.reduce((sum, { literal }) => sum + 16 + padded(literal.length), 8);
}

function padded(length: number): number {
  return (length + 7) & ~7;
}

function pagesOf(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES);
}
