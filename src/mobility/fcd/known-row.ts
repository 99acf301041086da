import { type Decimal, readDecimal, UNKNOWN } from './decimal.ts';
import type { TableEntity } from './entity-table.ts';
import type { FcdRows } from './fcd-rows.ts';
import type { EntityKind } from './fcd-sink.ts';
import { AMPERSAND, LESS, QUOTE, SPACE } from './tag-bytes.ts';

/** What an attribute is to the reader. */
const OTHER = 0;
const ID = 1;
const X = 2;
const Y = 3;
const TYPE = 4;
const ROLES: Readonly<Record<string, number>> = { id: ID, x: X, y: Y, type: TYPE };

/** Rows of another form that are met before the form of the next one is taken. */
const PATIENCE = 4;
const WORD_BYTES = 4;
/** A quote and an ampersand differ in this bit only. */
const WITHOUT_BIT_OF_AMPERSAND = 0xfbfbfbfb | 0;
const FOUR_QUOTES = 0x22222222;
const FOUR_LESS = 0x3c3c3c3c;

/** What stands before, between and behind the values of a row, with their quotes. */
interface RowForm {
  /** By gap: its bytes. */
  lengths: Int32Array;
  /** By gap: the end of its words. */
  ends: Int32Array;
  /** Four bytes each. */
  words: Int32Array;
  /** By gap: the bits of its last word that are the gap's. */
  masks: Int32Array;
  /** Of the values: one fewer than gaps. */
  roles: Uint8Array;
  /** Whether the element has no end tag. */
  isClosed: boolean;
}

/**
 * Rows of the same form as one before: the same attributes in the same order, and the same bytes
 * around their values. What the bytes mean is known then, and they need only be compared, four at once.
 *
 * What differs is left unread, as is what the window's end cuts through.
 */
export class KnownRow {
  private readonly kind: EntityKind;
  private readonly rows: FcdRows;
  private readonly number: Decimal = { value: 0 };
  private form: RowForm | null = null;
  private misses = PATIENCE;
  private bytes: Uint8Array = new Uint8Array(0);
  private view: DataView = new DataView(this.bytes.buffer);

  constructor(kind: EntityKind, rows: FcdRows) {
    this.kind = kind;
    this.rows = rows;
  }

  get isClosed(): boolean {
    return this.form!.isClosed;
  }

  /** Takes the row at `start`; out: behind it, or UNKNOWN. `base` is bytes[0]'s offset. */
  take(bytes: Uint8Array, start: number, end: number, base: number): number {
    if (this.form === null) return UNKNOWN;
    const { lengths, ends, words, masks, roles } = this.form;
    if (bytes !== this.bytes) this.look(bytes);
    const { view } = this;
    const values = roles.length;
    let at = start;
    let word = 0;
    let entity: TableEntity | undefined;
    let x = 0;
    let y = 0;
    let typed = false;
    for (let value = 0; ; value++) {
      const length = lengths[value]!;
      if (at + length + WORD_BYTES > end) return UNKNOWN;
      const last = ends[value]! - 1;
      let gap = at;
      for (; word < last; word++, gap += WORD_BYTES) {
        if (view.getInt32(gap, true) !== words[word]) return UNKNOWN;
      }
      if (((view.getInt32(gap, true) ^ words[word]!) & masks[value]!) !== 0) return UNKNOWN;
      word++;
      at += length;
      if (value === values) break;
      const role = roles[value]!;
      if (role === X || role === Y) {
        at = readDecimal(bytes, at, end, this.number);
        if (at < 0) return UNKNOWN;
        if (role === X) x = this.number.value;
        else y = this.number.value;
      } else if (role === ID) {
        entity = this.rows.entities.expected(this.kind, bytes, at, end);
        if (entity !== undefined) {
          at += entity.bytes.length;
        } else {
          const idStart = at;
          at = idEnd(bytes, at, end);
          if (at === idStart || at >= end) return UNKNOWN;
          entity = this.rows.entities.find(this.kind, bytes, idStart, at);
        }
      } else {
        typed ||= role === TYPE;
        at = quoteFrom(view, at, end);
        if (at < 0) return UNKNOWN;
      }
    }
    // The type is taken from an entity's first row, in the longer way.
    if (entity === undefined || (typed && entity.type === '')) return UNKNOWN;
    this.misses = 0;
    this.rows.row(entity, x, y, base + start);
    return at;
  }

  /** The row bytes[start, end) was read another way: the next ones may be like it. */
  learn(bytes: Uint8Array, start: number, end: number): void {
    this.misses++;
    if (this.misses <= PATIENCE) return;
    this.form = formOf(Buffer.from(bytes.subarray(start, end)).toString('latin1'));
    this.misses = 0;
  }

  private look(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
}

function formOf(row: string): RowForm {
  // Gaps and values take turns.
  const parts = row.split('"').filter((_, index) => index % 2 === 0);
  const last = parts.length - 1;
  const gaps = parts.map((text, index) =>
    Buffer.from(`${index > 0 ? '"' : ''}${text}${index < last ? '"' : ''}`, 'latin1'),
  );
  const words: number[] = [];
  const ends = gaps.map((gap) => {
    for (let offset = 0; offset < gap.length; offset += WORD_BYTES) {
      const padded = Buffer.alloc(WORD_BYTES);
      gap.copy(padded, 0, offset);
      words.push(padded.readInt32LE());
    }
    return words.length;
  });
  const maskOf = (rest: number) => (rest === 0 ? -1 : (1 << (8 * rest)) - 1);
  return {
    lengths: Int32Array.from(gaps, ({ length }) => length),
    ends: Int32Array.from(ends),
    words: Int32Array.from(words),
    masks: Int32Array.from(gaps, ({ length }) => maskOf(length % WORD_BYTES)),
    roles: Uint8Array.from(
      parts.slice(0, last),
      (text) => ROLES[/(\S+)=$/.exec(text)![1]!] ?? OTHER,
    ),
    isClosed: parts[last]!.includes('/'),
  };
}

/**
 * Where the next quote stands; negative where an ampersand or `<` comes before it, or there is none up to the end of
 * the last whole word.
 */
function quoteFrom(view: DataView, start: number, end: number): number {
  for (let at = start; at + WORD_BYTES <= end; at += WORD_BYTES) {
    const word = view.getInt32(at, true);
    const zeros =
      zeroBytes((word & WITHOUT_BIT_OF_AMPERSAND) ^ FOUR_QUOTES) | zeroBytes(word ^ FOUR_LESS);
    if (zeros === 0) continue;
    // The lowest bit that is set is the first one's.
    const stop = at + ((31 - Math.clz32(zeros & -zeros)) >> 3);
    return view.getUint8(stop) === QUOTE ? stop : UNKNOWN;
  }
  return UNKNOWN;
}

/** The highest bit of the first byte that is zero, and of some behind it; 0 where there is none. */
function zeroBytes(word: number): number {
  return ((word - 0x01010101) | 0) & ~word & 0x80808080;
}

/** Where the id at `start` ends; `start` for one that is not plain text. */
function idEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at;
    if (byte < SPACE || byte === AMPERSAND || byte === LESS) return start;
  }
  return end;
}
