import { lineMatcher } from './line-matcher.ts';
import { type LineShape, shapeOfLine } from './line-shape.ts';

/** How many shapes of one type of event are kept: fields that may be absent make several. */
const MOST_SHAPES = 16;
/** How many lines of one type may teach nothing until none is looked at any more. */
const MOST_REFUSALS = 64;
const EMPTY: readonly number[] = Object.freeze([]);

/**
 * Reads lines of simulated events that differ from a checked one in nothing but numbers, names and lists of
 * numbers, in less than half of the time of JSON.parse: a journal has few kinds of lines and millions of each. All
 * other lines are for JSON.parse.
 */
export class LineShapes {
  readonly #isValid: (event: unknown) => boolean;
  readonly #hasLists: boolean;
  readonly #matcher = lineMatcher();
  readonly #shapes: LineShape[] = [];
  readonly #ofType = new Map<string, { shapes: LineShape[]; refusals: number }>();
  readonly #decimals: number[] = [];
  readonly #lists: unknown[] = [];

  /**
   * `isValid`: whether an event of the journal may have these values. `hasLists`: false leaves lists of
   * numbers empty, once they are checked; JSON.parse would take longer for them than all else.
   */
  constructor(isValid: (event: unknown) => boolean, { hasLists = true } = {}) {
    this.#isValid = isValid;
    this.#hasLists = hasLists;
  }

  /** The event in a line from `start` to its newline at `end`; null for a line of no known shape. */
  read(block: Buffer, start: number, end: number): unknown {
    const matcher = this.#matcher;
    if (!matcher.holds(this, block) && !matcher.hold(this, this.#shapes, block)) return null;
    const number = matcher.match(start, end);
    if (number < 0) return null;
    const { values, texts, heads } = matcher;
    const { choices, decimals, lists, make } = this.#shapes[number]!;
    for (const choice of choices) {
      if (!choice.texts.has(texts[values[choice.at]!])) return null;
    }
    for (let index = 0; index < decimals.length; index++) {
      const value = Number(this.#textTo(decimals[index]!));
      if (!Number.isFinite(value)) return null;
      this.#decimals[index] = value;
    }
    for (let index = 0; index < lists.length; index++) {
      this.#lists[index] = this.#hasLists ? JSON.parse(this.#textTo(lists[index]!)) : EMPTY;
    }
    return make(heads[0]!, heads[1]!, values, texts, this.#decimals, this.#lists);
  }

  /** Takes a checked event, and the line that it was parsed from, as the shape of others. */
  learn(event: { type: string }, block: Buffer, start: number, end: number): void {
    const known = this.#ofType.get(event.type) ?? { shapes: [], refusals: 0 };
    this.#ofType.set(event.type, known);
    if (known.shapes.length >= MOST_SHAPES || known.refusals >= MOST_REFUSALS) return;
    const shape = shapeOfLine(event, block.subarray(start, end), this.#isValid);
    if (shape === null) {
      known.refusals += 1;
      return;
    }
    const same = known.shapes.find(({ key }) => key === shape.key);
    if (same === undefined) {
      known.shapes.push(shape);
      this.#shapes.push(shape);
      this.#matcher.add(this, shape.parts, this.#shapes.length - 1);
      return;
    }
    const isNew = same.choices.map(({ texts }, index) => {
      const before = texts.size;
      for (const text of shape.choices[index]?.texts ?? []) texts.add(text);
      return texts.size > before;
    });
    // One with a number that is too long, for instance.
    if (!isNew.includes(true)) known.refusals += 1;
  }

  /** A value of the line, by where its end stands among the values. */
  #textTo(at: number): string {
    const { values } = this.#matcher;
    return this.#matcher.text(values[at - 1]!, values[at]!);
  }
}
