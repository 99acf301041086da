import { BytePattern } from './byte-pattern.ts';
import {
  type LineShape,
  type LineSlot,
  MOST_DIGITS,
  NO_TEXT,
  shapeOfLine,
  type Text,
} from './line-shape.ts';

/** How many shapes of one type of event are kept: fields that may be absent make several. */
const MOST_SHAPES = 16;
/** Names that are kept; a journal with more of them begins again. */
const MOST_TEXTS = 1 << 16;
const [QUOTE, COMMA, BRACKET, BACKSLASH, ZERO, NINE] = [0x22, 0x2c, 0x5b, 0x5c, 0x30, 0x39];
const NUMBER_START = new BytePattern('{"n":');
const TIME_START = new BytePattern(',"timeUs":');
const TYPE_START = new BytePattern(',"type":"');

/**
 * Reads lines of simulated events that differ from a checked one in nothing but numbers and names, in
 * half of the time of JSON.parse: a journal has few kinds of lines and millions of each. All other
 * lines, such as those with lists, are for JSON.parse.
 */
export class LineShapes {
  readonly #isValid: (event: unknown) => boolean;
  /** By a number made of the bytes of the type; two types may share one. */
  readonly #shapes = new Map<number, LineShape[]>();
  #texts = new Map<number, Text[]>();
  #textCount = 0;
  readonly #values: unknown[] = [];
  #block: Buffer = Buffer.alloc(0);
  #view = new DataView<ArrayBufferLike>(new ArrayBuffer(0));
  /** Where the value that was read last ended; -1 where there was none. */
  #at = 0;

  /** `isValid`: whether an event of the journal may have these values. */
  constructor(isValid: (event: unknown) => boolean) {
    this.#isValid = isValid;
  }

  /** The event in a line from `start` to its newline at `end`; null for a line of no known shape. */
  read(block: Buffer, start: number, end: number): unknown {
    if (block !== this.#block) {
      this.#block = block;
      this.#view = new DataView(block.buffer, block.byteOffset, block.length);
    }
    const view = this.#view;
    if (!NUMBER_START.isAt(view, start)) return null;
    const n = this.#count(block, start + NUMBER_START.length);
    if (this.#at < 0 || !TIME_START.isAt(view, this.#at)) return null;
    const timeUs = this.#count(block, this.#at + TIME_START.length);
    if (this.#at < 0 || !TYPE_START.isAt(view, this.#at)) return null;
    const from = this.#at + TYPE_START.length;
    const shapes = this.#shapes.get(keyAt(block, from));
    if (shapes === undefined) return null;
    for (const shape of shapes) {
      if (this.#fits(shape, block, from, end)) return shape.make(n, timeUs, this.#values);
    }
    return null;
  }

  /** Takes a checked event, and the line that it was parsed from, as the shape of others. */
  learn(event: { type: string }, block: Buffer, start: number, end: number): void {
    const key = keyAt(Buffer.from(`${event.type}"`), 0);
    const shapes = this.#shapes.get(key) ?? [];
    if (shapes.length >= MOST_SHAPES) return;
    // A list, which no shape has: known before a shape is made in vain, line after line.
    const line = block.subarray(start, end);
    if (line.includes(BRACKET)) return;
    const shape = shapeOfLine(event, line, this.#isValid);
    if (shape === null) return;
    const same = shapes.find(({ key: its }) => its === shape.key);
    if (same === undefined) {
      this.#shapes.set(key, [...shapes, shape]);
      return;
    }
    for (const [index, { texts }] of same.slots.entries()) {
      for (const text of shape.slots[index]!.texts ?? []) texts?.add(text);
    }
  }

  #fits({ literals, slots }: LineShape, block: Buffer, from: number, end: number): boolean {
    const view = this.#view;
    if (!literals[0]!.isAt(view, from)) return false;
    this.#at = from + literals[0]!.length;
    for (let index = 0; index < slots.length; index++) {
      this.#values[index] = this.#valueAt(slots[index]!, block, this.#at);
      const next = literals[index + 1]!;
      if (this.#at < 0 || !next.isAt(view, this.#at)) return false;
      this.#at += next.length;
    }
    return this.#at === end;
  }

  #valueAt(slot: LineSlot, block: Buffer, from: number): unknown {
    switch (slot.kind) {
      case 'count':
        return this.#count(block, from);
      case 'decimal':
        return this.#decimal(block, from);
      case 'text':
        return this.#textIn(slot, block, from);
    }
  }

  /** A whole number as JSON writes it. */
  #count(block: Buffer, from: number): number {
    let at = from;
    let value = 0;
    for (; at - from < MOST_DIGITS; at++) {
      const digit = block[at]!;
      if (!(digit >= ZERO && digit <= NINE)) break;
      value = value * 10 + digit - ZERO;
    }
    const isOne = at > from && (block[from] !== ZERO || at === from + 1);
    this.#at = isOne ? at : -1;
    return value;
  }

  #decimal(block: Buffer, from: number): number {
    let at = from;
    while (block[at]! >= 0x2b && block[at] !== COMMA && block[at]! < 0x7d) at++;
    const text = block.toString('latin1', from, at);
    this.#at = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? at : -1;
    return Number(text);
  }

  /** A server stands in its slot line after line: it is compared with the one before first. */
  #textIn(slot: LineSlot, block: Buffer, from: number): string {
    const { last } = slot;
    if (slot.isSteady && last.pattern.isAt(this.#view, from)) {
      this.#at = from + last.pattern.length;
      return last.text;
    }
    const found = this.#text(block, from);
    if (this.#at < 0) return '';
    slot.isSteady = found === last;
    slot.last = found;
    if (slot.texts !== null && !slot.texts.has(found.text)) this.#at = -1;
    return found.text;
  }

  /** Plain ASCII up to and with the next quotation mark; of one text there is one string. */
  #text(block: Buffer, from: number): Text {
    let at = from;
    let key = 0;
    for (let byte = block[at]!; byte !== QUOTE; byte = block[++at]!) {
      // Behind the end of the block there is no number.
      if (!(byte >= 0x20 && byte < 0x80) || byte === BACKSLASH) {
        this.#at = -1;
        return NO_TEXT;
      }
      key = (Math.imul(key, 31) + byte) | 0;
    }
    this.#at = at + 1;
    const length = at + 1 - from;
    const texts = this.#texts.get(key);
    if (texts !== undefined) {
      for (const each of texts) {
        if (each.pattern.length === length && each.pattern.isAt(this.#view, from)) return each;
      }
    }
    return this.#remember(key, block.toString('latin1', from, at), texts ?? []);
  }

  #remember(key: number, text: string, others: Text[]): Text {
    if (this.#textCount >= MOST_TEXTS) {
      this.#texts = new Map();
      this.#textCount = 0;
    }
    this.#textCount += 1;
    const remembered = { pattern: new BytePattern(`${text}"`), text };
    this.#texts.set(key, [...others, remembered]);
    return remembered;
  }
}

/** Of the bytes up to the next quotation mark. */
function keyAt(block: Buffer, from: number): number {
  let key = 0;
  for (let at = from; at < block.length && block[at] !== QUOTE; at++) {
    key = (Math.imul(key, 31) + block[at]!) | 0;
  }
  return key;
}
