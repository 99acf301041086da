import { isAscii } from 'node:buffer';
import { BytePattern } from './byte-pattern.ts';

/** Lines of one type with the same fields in the same order: only the values in the slots differ. */
export interface LineShape {
  /** Bytes before, between and behind the slots, from the name of the type on. */
  literals: BytePattern[];
  slots: LineSlot[];
  /** Equal for equal literals and kinds of slots. */
  key: string;
  /** The event with these values in its slots. */
  make: (n: number, timeUs: number, values: readonly unknown[]) => object;
}

export interface LineSlot {
  /** A whole number of at most 15 digits, any other number, or plain text with the quotation mark behind it. */
  kind: 'count' | 'decimal' | 'text';
  /** Where the schema has a list of texts: those of them that were met. Null: any text is valid. */
  texts: Set<unknown> | null;
  /** Of the line that was read last. */
  last: Text;
  /** Whether that of the line before was the same. */
  isSteady: boolean;
}

export interface Text {
  text: string;
  /** With the quotation mark behind it. */
  pattern: BytePattern;
}

export const NO_TEXT: Text = { text: '', pattern: new BytePattern('"') };

export const MOST_DIGITS = 15;
const LARGEST_COUNT = 10 ** MOST_DIGITS - 1;
/** A text that no list of a schema has. */
const OTHER_TEXT = '?';
const HEAD = ['n', 'timeUs', 'type'];

/**
 * The shape of a line, from its event and its text; null where it has none: a line with lists or with
 * signs that JSON writes as escapes, one that is not written as JSON.stringify writes it, or one whose
 * schema restricts its numbers. `isValid`: whether an event of the journal may have these values.
 */
export function shapeOfLine(
  event: object,
  line: Buffer,
  isValid: (event: unknown) => boolean,
): LineShape | null {
  if (!HEAD.every((key, index) => Object.keys(event)[index] === key) || !isAscii(line)) return null;
  const parts = new Parts();
  const source = parts.addObject(event, []);
  const text = line.toString('latin1');
  if (source === null || text.includes('\\') || JSON.stringify(event) !== text) return null;
  const { slots, values } = parts;
  const make = new Function('n', 'timeUs', 'values', `return ${source}`) as LineShape['make'];
  const isValidWith = (change: (slot: LineSlot, index: number) => unknown) =>
    isValid(make(0, 0, slots.map(change)));
  const withNumbers = (count: number, decimal: number) =>
    isValidWith(({ kind }, index) => {
      return kind === 'text' ? values[index] : kind === 'count' ? count : decimal;
    });
  if (!withNumbers(0, -1.5e300) || !withNumbers(LARGEST_COUNT, 1.5)) return null;
  for (const [at, slot] of slots.entries()) {
    if (slot.kind !== 'text') continue;
    const isAny = isValidWith((_, index) => (index === at ? OTHER_TEXT : values[index]));
    if (!isAny) slot.texts = new Set([values[at]]);
  }
  const key = JSON.stringify([parts.literals, slots.map(({ kind }) => kind)]);
  return { literals: parts.literals.map((literal) => new BytePattern(literal)), slots, key, make };
}

/** Takes an event apart into what stays the same and what may differ. */
class Parts {
  readonly literals = [''];
  readonly slots: LineSlot[] = [];
  /** Of the event, in its slots. */
  readonly values: unknown[] = [];

  /** A JavaScript expression that makes the object of the slots' values; null where there is none. */
  addObject(object: object, path: readonly string[]): string | null {
    const fields: string[] = [];
    this.#addLiteral('{');
    for (const [key, value] of Object.entries(object)) {
      // A key that may stand in code.
      if (!/^[A-Za-z]\w*$/.test(key)) return null;
      if (fields.length > 0) this.#addLiteral(',');
      this.#addLiteral(`"${key}":`);
      const source = this.#addValue(value, [...path, key]);
      if (source === null) return null;
      fields.push(`${key}: ${source}`);
    }
    this.#addLiteral('}');
    return `{ ${fields.join(', ')} }`;
  }

  #addValue(value: unknown, path: readonly string[]): string | null {
    if (path.length === 1 && HEAD.includes(path[0]!)) return this.#addHead(path[0]!, value);
    if (typeof value === 'number') {
      const isCount = Number.isInteger(value) && value >= 0 && value <= LARGEST_COUNT;
      return this.#addSlot(isCount ? 'count' : 'decimal', value);
    }
    if (typeof value === 'string') {
      this.#addLiteral('"');
      return this.#addSlot('text', value);
    }
    if (typeof value === 'object' && value !== null) {
      return Array.isArray(value) ? null : this.addObject(value, path);
    }
    this.#addLiteral(String(value));
    return String(value);
  }

  /** Number and time are read by themselves: the literals begin with the name of the type. */
  #addHead(key: string, value: unknown): string {
    if (key !== 'type') return key;
    const text = JSON.stringify(value);
    this.literals[0] = text.slice(1);
    return text;
  }

  #addSlot(kind: LineSlot['kind'], value: unknown): string {
    this.slots.push({ kind, texts: null, last: NO_TEXT, isSteady: false });
    this.values.push(value);
    this.literals.push('');
    return `values[${this.slots.length - 1}]`;
  }

  #addLiteral(text: string): void {
    this.literals[this.literals.length - 1] += text;
  }
}
