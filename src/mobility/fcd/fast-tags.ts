import { type Decimal, INCOMPLETE, readDecimal, UNKNOWN } from './decimal.ts';
import type { FcdRows } from './fcd-rows.ts';
import type { EntityKind } from './fcd-sink.ts';
import { KnownRow } from './known-row.ts';
import { AMPERSAND, EQUALS, GREATER, LESS, QUOTE, SLASH, SPACE, startsWith } from './tag-bytes.ts';

const ROWS: readonly RowTag[] = [
  { kind: 'car', element: 'vehicle', name: Buffer.from('<vehicle') },
  { kind: 'pedestrian', element: 'person', name: Buffer.from('<person') },
  { kind: 'container', element: 'container', name: Buffer.from('<container') },
];
const TYPE = Buffer.from('type');
const TEXT = new TextDecoder('utf-8', { ignoreBOM: true });
/** Of one row. */
const MOST_NAMES = 32;
const STEP = Buffer.from('<timestep time="');
const STEP_END = Buffer.from('</timestep>');

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
  private readonly number: Decimal = { value: 0 };
  private readonly like: KnownRow[];
  /** Where the names of a row's attributes start and end. */
  private readonly names = new Int32Array(2 * MOST_NAMES);

  constructor(rows: FcdRows, open: string[]) {
    this.rows = rows;
    this.open = open;
    this.like = ROWS.map(({ kind }) => new KnownRow(kind, rows));
  }

  /** Takes the tag at `at`; out: behind it, INCOMPLETE or UNKNOWN. `base` is bytes[0]'s offset. */
  take(bytes: Uint8Array, at: number, end: number, base: number): number {
    if (this.open.length < 2) {
      if (this.open.length === 0) return UNKNOWN;
      return startsWith(bytes, at, end, STEP) ? this.step(bytes, at, end, base) : UNKNOWN;
    }
    if (bytes[at + 1] === SLASH) {
      if (!startsWith(bytes, at, end, STEP_END)) return UNKNOWN;
      if (this.open[this.open.length - 1] !== 'timestep') return UNKNOWN;
      this.open.pop();
      this.rows.elementEnd('timestep');
      return at + STEP_END.length;
    }
    if (!this.rows.inStep) return UNKNOWN;
    for (let index = 0; index < ROWS.length; index++) {
      const row = ROWS[index]!;
      if (bytes[at + 1] !== row.name[1]) continue;
      const known = this.like[index]!;
      const behind = known.take(bytes, at, end, base);
      if (behind >= 0) {
        if (!known.isClosed) this.open.push(row.element);
        return behind;
      }
      if (!startsWith(bytes, at, end, row.name)) return UNKNOWN;
      const next = this.row(bytes, at, end, base, row);
      if (next >= 0) known.learn(bytes, at, next);
      return next;
    }
    return UNKNOWN;
  }

  /** `<timestep time="12.50">` or the same self-closed. */
  private step(bytes: Uint8Array, start: number, end: number, base: number): number {
    let at = readDecimal(bytes, start + STEP.length, end, this.number);
    if (at < 0) return at;
    if (++at + 1 >= end) return INCOMPLETE;
    const closed = bytes[at] === SLASH;
    if (closed) at++;
    if (bytes[at] !== GREATER) return UNKNOWN;
    this.rows.step(Math.round(this.number.value * 1e6), base + start);
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
    let x = 0;
    let y = 0;
    let seenX = false;
    let seenY = false;
    let byte = 0;
    let count = 0;
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
        if (!isOfName(byte, at === name)) return UNKNOWN;
      }
      const length = at - name;
      if (at < end && !this.isNew(bytes, name, at, count++)) return UNKNOWN;
      if (++at >= end) return INCOMPLETE;
      if (bytes[at++] !== QUOTE) return UNKNOWN;
      byte = bytes[name]!;
      if (length === 1 && (byte === 0x78 || byte === 0x79)) {
        at = readDecimal(bytes, at, end, this.number);
        if (at < 0) return at;
        if (byte === 0x78) {
          x = this.number.value;
          seenX = true;
        } else {
          y = this.number.value;
          seenY = true;
        }
      } else {
        const value = at;
        for (; at < end; at++) {
          byte = bytes[at]!;
          if (byte === QUOTE) break;
          if (byte < SPACE || byte === AMPERSAND || byte === LESS) return UNKNOWN;
        }
        if (length === 2 && bytes[name] === 0x69 && bytes[name + 1] === 0x64) {
          idStart = value;
          idEnd = at;
        } else if (length === TYPE.length && startsWith(bytes, name, end, TYPE)) {
          typeStart = value;
          typeEnd = at;
        }
      }
      at++;
    }
    const closed = byte === SLASH;
    if (closed && ++at >= end) return INCOMPLETE;
    if (bytes[at] !== GREATER || idEnd <= idStart || !seenX || !seenY) return UNKNOWN;
    const entity = this.rows.entities.find(kind, bytes, idStart, idEnd);
    if (typeStart >= 0 && entity.type === '') {
      entity.type = TEXT.decode(bytes.subarray(typeStart, typeEnd));
    }
    this.rows.row(entity, x, y, base + start);
    if (!closed) this.open.push(element);
    return at + 1;
  }

  /** Whether bytes[start, end) is no name of the `count` attributes before it in the row; it is noted. */
  private isNew(bytes: Uint8Array, start: number, end: number, count: number): boolean {
    const { names } = this;
    if (start === end || count === MOST_NAMES) return false;
    const length = end - start;
    for (let other = 0; other < count; other++) {
      const at = names[2 * other]!;
      if (names[2 * other + 1]! - at !== length) continue;
      let same = 0;
      while (same < length && bytes[at + same] === bytes[start + same]) same++;
      if (same === length) return false;
    }
    names[2 * count] = start;
    names[2 * count + 1] = end;
    return true;
  }
}

/** Letters, `_` and `:`, and digits, `-` and `.` but for the first: other names are fast-xml-parser's. */
function isOfName(byte: number, isFirst: boolean): boolean {
  const letter = byte | 0x20;
  if ((letter >= 0x61 && letter <= 0x7a) || byte === 0x5f || byte === 0x3a) return true;
  return !isFirst && ((byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e);
}
