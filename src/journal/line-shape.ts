import { isAscii } from 'node:buffer';
import { LEAST_FIRST_BYTES, MOST_VALUES, type ShapePart, type SlotKind } from './line-matcher.ts';

/** Lines of one type with the same fields in the same order: only the values in the slots differ. */
export interface LineShape {
  /** From the name of the type on. */
  parts: ShapePart[];
  /** Equal for equal parts. */
  key: string;
  /** Slots where the schema has a list of texts, with those of them that were met. */
  choices: { at: number; texts: Set<unknown> }[];
  /** Where the ends of decimal numbers stand among the values, and those of lists. */
  decimals: number[];
  lists: number[];
  /** The event with these values in its slots; those of texts are places in `texts`. */
  make: MakeEvent;
}

type MakeEvent = (
  n: number,
  timeUs: number,
  values: ArrayLike<number>,
  texts: readonly unknown[],
  decimals: readonly unknown[],
  lists: readonly unknown[],
) => object;

interface Slot {
  kind: SlotKind;
  width: number;
  /** Of the event that the shape is made from. */
  value: unknown;
  /** Among the values of the matcher. */
  at: number;
}

const MOST_DIGITS = 15;
const LARGEST_COUNT = 10 ** MOST_DIGITS - 1;
/** A text that no list of a schema has. */
const OTHER_TEXT = '?';
const HEAD = ['n', 'timeUs', 'type'];
const ANY_WIDTH = -1;

/**
 * The shape of a line, from its event and its text; null where it has none: a line with lists of other things
 * than numbers or with signs that JSON writes as escapes, one that is not written as JSON.stringify writes
 * it, or one whose schema restricts its numbers. `isValid`: whether an event of the journal may have these
 * values.
 */
export function shapeOfLine(
  event: object,
  line: Buffer,
  isValid: (event: unknown) => boolean,
): LineShape | null {
  if (!HEAD.every((key, index) => Object.keys(event)[index] === key) || !isAscii(line)) return null;
  const template = new Template();
  const source = template.addObject(event, []);
  const text = line.toString('latin1');
  if (source === null || text.includes('\\') || JSON.stringify(event) !== text) return null;
  const { parts, slots, valueCount } = template;
  if (parts[0]!.literal.length < LEAST_FIRST_BYTES || valueCount > MOST_VALUES) return null;
  const parameters = ['n', 'timeUs', 'values', 'texts', 'decimals', 'lists'];
  const make = new Function(...parameters, `return ${source}`) as MakeEvent;
  const isValidWith = (change: (slot: Slot) => unknown) => isValid(eventOf(make, slots, change));
  const withNumbers = (count: number, decimal: number) =>
    isValidWith(({ kind, value }) => {
      return kind === 'count' ? count : kind === 'decimal' ? decimal : value;
    });
  if (!withNumbers(0, -1.5e300) || !withNumbers(LARGEST_COUNT, 1.5)) return null;
  const choices: LineShape['choices'] = [];
  for (const slot of slots) {
    const isValidAs = (value: unknown) => isValidWith((one) => (one === slot ? value : one.value));
    if (slot.kind === 'text' && !isValidAs(OTHER_TEXT)) {
      choices.push({ at: slot.at, texts: new Set([slot.value]) });
    } else if (Array.isArray(slot.value) && !widen(slot, isValidAs)) return null;
  }
  // Kinds of lists are known only now.
  for (const [index, slot] of slots.entries()) parts[index]!.slot = slot;
  const endsOf = (isOne: (slot: Slot) => boolean) => slots.filter(isOne).map(({ at }) => at + 1);
  return {
    parts: parts.map(({ literal, slot }) => {
      return { literal, slot: slot && { kind: slot.kind, width: slot.width } };
    }),
    key: JSON.stringify(parts.map(({ literal, slot }) => [literal, slot?.kind, slot?.width])),
    choices,
    decimals: endsOf(({ kind }) => kind === 'decimal'),
    lists: endsOf(({ value }) => Array.isArray(value)),
    make,
  };
}

/** Makes of a slot with a list one for as many lists as the schema allows; false where it allows only some. */
function widen(slot: Slot, isValid: (value: unknown) => boolean): boolean {
  const list = slot.value as readonly unknown[];
  const [first] = list;
  if (Array.isArray(first)) {
    const rowOf = (number: number) => first.map(() => number);
    Object.assign(slot, { kind: 'rows', width: first.length });
    return [[], [rowOf(-1.5e300)], [rowOf(1.5), rowOf(0)]].every(isValid);
  }
  const samples = { list: [-1.5e300, 1.5], countList: [0, LARGEST_COUNT] };
  for (const [kind, [one, other]] of Object.entries(samples)) {
    const isAny = isValid([]) && isValid([one]) && isValid([other, one]);
    const isSame = isValid(list.map(() => one)) && isValid(list.map(() => other));
    Object.assign(slot, { kind, width: isAny ? ANY_WIDTH : list.length });
    if (isAny || isSame) return true;
  }
  return false;
}

function eventOf(make: MakeEvent, slots: readonly Slot[], change: (slot: Slot) => unknown): object {
  const values: number[] = [];
  const texts: unknown[] = [];
  const [decimals, lists]: [unknown[], unknown[]] = [[], []];
  for (const slot of slots) {
    const value = change(slot);
    if (slot.kind === 'count') values[slot.at] = value as number;
    else if (slot.kind === 'text') values[slot.at] = texts.push(value) - 1;
    else (slot.kind === 'decimal' ? decimals : lists).push(value);
  }
  return make(0, 0, values, texts, decimals, lists);
}

/** Takes an event apart into what stays the same and what may differ. */
class Template {
  readonly parts: ShapePart[] = [{ literal: '', slot: null }];
  readonly slots: Slot[] = [];
  valueCount = 0;

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
      if (isCount) return `values[${this.#addSlot('count', value, 1)}]`;
      return `decimals[${this.#addListed('decimal', value)}]`;
    }
    if (typeof value === 'string') {
      this.#addLiteral('"');
      const at = this.#addSlot('text', value, 1);
      return `texts[values[${at}]]`;
    }
    if (Array.isArray(value)) {
      return isOfNumbers(value) ? `lists[${this.#addListed('list', value)}]` : null;
    }
    if (typeof value === 'object' && value !== null) return this.addObject(value, path);
    this.#addLiteral(String(value));
    return String(value);
  }

  /** Number and time are read by themselves: the literals begin with the name of the type. */
  #addHead(key: string, value: unknown): string {
    if (key !== 'type') return key;
    const text = JSON.stringify(value);
    this.parts[0]!.literal = text.slice(1);
    return text;
  }

  /** Out: how many of the kind there are before. */
  #addListed(kind: 'decimal' | 'list', value: unknown): number {
    const before = this.slots.filter((slot) => slot.kind === kind).length;
    this.#addSlot(kind, value, 2);
    return before;
  }

  /** Out: where its value stands. */
  #addSlot(kind: SlotKind, value: unknown, length: number): number {
    const at = this.valueCount;
    this.slots.push({ kind, width: 0, value, at });
    this.parts.push({ literal: '', slot: null });
    this.valueCount += length;
    return at;
  }

  #addLiteral(text: string): void {
    this.parts.at(-1)!.literal += text;
  }
}

/** A list of numbers, or of lists of as many numbers each. */
function isOfNumbers(list: readonly unknown[]): boolean {
  const isNumber = (value: unknown) => typeof value === 'number';
  if (list.every(isNumber)) return true;
  const [first] = list;
  return (
    Array.isArray(first) &&
    list.every((row) => Array.isArray(row) && row.length === first.length && row.every(isNumber))
  );
}
