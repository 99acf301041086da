import { hashId, hashStart } from './entity-table.ts';
import type { FcdRows } from './fcd-rows.ts';
import type { EntityKind } from './fcd-sink.ts';
import {
  AMPERSAND,
  DIGIT_0,
  DOT,
  EQUALS,
  GREATER,
  LESS,
  MINUS,
  QUOTE,
  SLASH,
  SPACE,
  startsWith,
} from './tag-bytes.ts';

/** The tag goes on behind the window: come again with more bytes. */
export const INCOMPLETE = -1;
/** Nothing the fast path knows: fast-xml-parser shall look at the tag. */
export const UNKNOWN = -2;

const ROWS: readonly RowTag[] = [
  { kind: 'car', element: 'vehicle', name: Buffer.from('<vehicle') },
  { kind: 'pedestrian', element: 'person', name: Buffer.from('<person') },
  { kind: 'container', element: 'container', name: Buffer.from('<container') },
];
const TYPE = Buffer.from('type');
const TEXT = new TextDecoder();
const STEP = Buffer.from('<timestep time="');
const STEP_END = Buffer.from('</timestep>');

/** 10^0 to 10^22 are exact in a double, so that m / 10^k is the nearest double to the decimal. */
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

interface RowTag {
  kind: EntityKind;
  element: string;
  name: Uint8Array;
}

/**
 * The one hot loop: timesteps and rows as SUMO writes them, straight from the bytes.
 *
 * Any other tag is left unread (UNKNOWN) before anything of it is reported, so that a slower parser
 * can read it from its start.
 */
export class FastTags {
  private readonly rows: FcdRows;
  /** The names of the open elements, shared with the scanner. */
  private readonly open: string[];
  private number = 0;

  constructor(rows: FcdRows, open: string[]) {
    this.rows = rows;
    this.open = open;
  }

  /** Takes the tag at `at`; out: behind it, INCOMPLETE or UNKNOWN. `base` is bytes[0]'s offset. */
  take(bytes: Uint8Array, at: number, end: number, base: number): number {
    if (this.open.length < 2) {
      if (this.open.length === 0) return UNKNOWN;
      return startsWith(bytes, at, end, STEP) ? this.step(bytes, at, end, base) : UNKNOWN;
    }
    if (startsWith(bytes, at, end, STEP_END) && this.open[this.open.length - 1] === 'timestep') {
      this.open.pop();
      this.rows.elementEnd('timestep');
      return at + STEP_END.length;
    }
    if (!this.rows.inStep) return UNKNOWN;
    for (const row of ROWS) {
      if (startsWith(bytes, at, end, row.name)) return this.row(bytes, at, end, base, row);
    }
    return UNKNOWN;
  }

  /** `<timestep time="12.50">` or the same self-closed. */
  private step(bytes: Uint8Array, start: number, end: number, base: number): number {
    let at = this.decimal(bytes, start + STEP.length, end);
    if (at < 0) return at;
    if (++at + 1 >= end) return INCOMPLETE;
    const closed = bytes[at] === SLASH;
    if (closed) at++;
    if (bytes[at] !== GREATER) return UNKNOWN;
    this.rows.step(Math.round(this.number * 1e6), base + start);
    if (closed) this.rows.elementEnd('timestep');
    else this.open.push('timestep');
    return at + 1;
  }

  private row(
    bytes: Uint8Array,
    start: number,
    end: number,
    base: number,
    { kind, element, name: tagName }: RowTag,
  ): number {
    let at = start + tagName.length;
    let idStart = -1;
    let idEnd = -1;
    let typeStart = -1;
    let typeEnd = -1;
    let hash = 0;
    let x = 0;
    let y = 0;
    let seenX = false;
    let seenY = false;
    let byte = 0;
    for (;;) {
      if (at >= end) return INCOMPLETE;
      byte = bytes[at]!;
      if (byte === SLASH || byte === GREATER) break;
      if (byte !== SPACE) return UNKNOWN;
      while (at < end && bytes[at] === SPACE) at++;
      if (at + 1 >= end) return INCOMPLETE;
      byte = bytes[at]!;
      if (byte === SLASH || byte === GREATER) break;

      const name = at;
      for (; at < end; at++) {
        byte = bytes[at]!;
        if (byte === EQUALS) break;
        if (byte <= SPACE || byte === GREATER || byte === LESS) return UNKNOWN;
      }
      const length = at - name;
      if (++at >= end) return INCOMPLETE;
      if (bytes[at++] !== QUOTE) return UNKNOWN;
      byte = bytes[name]!;
      if (length === 1 && (byte === 0x78 || byte === 0x79)) {
        if (byte === 0x78 ? seenX : seenY) return UNKNOWN;
        at = this.decimal(bytes, at, end);
        if (at < 0) return at;
        if (byte === 0x78) {
          x = this.number;
          seenX = true;
        } else {
          y = this.number;
          seenY = true;
        }
      } else if (length === 2 && byte === 0x69 && bytes[name + 1] === 0x64) {
        if (idStart >= 0) return UNKNOWN;
        idStart = at;
        hash = hashStart(kind);
        for (; at < end; at++) {
          byte = bytes[at]!;
          if (byte === QUOTE) break;
          if (byte < SPACE || byte === AMPERSAND || byte === LESS) return UNKNOWN;
          hash = hashId(hash, byte);
        }
        idEnd = at;
      } else {
        const value = at;
        while (at < end && bytes[at] !== QUOTE) at++;
        if (length === TYPE.length && startsWith(bytes, name, end, TYPE)) {
          typeStart = value;
          typeEnd = at;
        }
      }
      at++;
    }
    const closed = byte === SLASH;
    if (closed && ++at >= end) return INCOMPLETE;
    if (bytes[at] !== GREATER || idEnd <= idStart || !seenX || !seenY) return UNKNOWN;
    const entity = this.rows.entities.find(kind, bytes, idStart, idEnd, hash);
    if (typeStart >= 0 && entity.type === '') {
      const type = TEXT.decode(bytes.subarray(typeStart, typeEnd));
      // A type with entities in it is fast-xml-parser's.
      if (type.includes('&')) return UNKNOWN;
      entity.type = type;
    }
    this.rows.row(entity, x, y, base + start);
    if (!closed) this.open.push(element);
    return at + 1;
  }

  /**
   * A decimal of at most 15 digits up to a quote: its value goes to `this.number`.
   * Out: where the quote stands. With 15 digits the value is the same double `Number` gives.
   */
  private decimal(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const first = at;
    let mantissa = 0;
    let dot = -1;
    for (; at < end; at++) {
      const digit = bytes[at]! - DIGIT_0;
      if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit;
      else if (digit === DOT - DIGIT_0 && dot < 0) dot = at;
      else break;
    }
    if (at >= end) return end - start > 64 ? UNKNOWN : INCOMPLETE;
    const digits = at - first - (dot < 0 ? 0 : 1);
    if (bytes[at] !== QUOTE || digits === 0 || digits > 15) return UNKNOWN;
    const value = dot < 0 ? mantissa : mantissa / POWERS_OF_TEN[at - dot - 1]!;
    this.number = negative ? -value : value;
    return at;
  }
}
