import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { JournalLine, SimulatedLine } from '../../journal/events.ts';
import { type FollowedLine, JournalFollower } from '../../journal/follower.ts';
import { isMark, MARKS, marksOf, type StepMark } from '../../journal/marks.ts';
import { applyLine, emptyState, type ShownState } from '../shared/run-state.ts';
import { LineTexts } from './line-texts.ts';

/** Segments of the journal that are kept apart; then every two of them become one. */
const MOST_SEGMENTS = 512;
const SEGMENT_BYTES = 1 << 17;
/** Length of a segment, in lengths of its state as text: packing that takes as long as reading a part of it. */
const STATES_A_SEGMENT = 4;

/** A stretch of the journal, and how the run stands before it. */
interface Segment {
  offset: number;
  /** Of its first simulated event. */
  next: number;
  timeUs: number;
  marks: Record<StepMark, number>;
  /** The state, packed. */
  state: Buffer;
}

/** Where a reader goes on; `next`: the simulated event there. */
interface Continuation {
  next: number;
  offset: number;
}

/**
 * Finds any moment of a journal that may still grow: by the states of the run at intervals, which
 * become longer with the journal, so that the memory stays the same. All numbers are those of
 * simulated events.
 */
export class JournalIndex {
  readonly #follower: JournalFollower;
  readonly #onLine: (line: JournalLine) => void;
  readonly #onReset: () => void;
  #segments: Segment[] = [];
  #segmentBytes: number;
  readonly #firstBytes: number;
  readonly #mostSegments: number;
  #continuations: Continuation[] = [];
  /** Of the state that was packed last, as text. */
  #stateBytes = 0;
  #isFirst = true;
  #fileBytes = 0;
  /** At the end of what was read. */
  head: ShownState = emptyState();
  /** Times that the journal was read again from its beginning. */
  rereads = 0;

  /**
   * `onLine`: called once for each line of the present journal, in order and without its lists of numbers;
   * after `onReset` again.
   */
  constructor(
    file: string,
    onLine: (line: JournalLine) => void = () => {},
    onReset: () => void = () => {},
    { segmentBytes = SEGMENT_BYTES, mostSegments = MOST_SEGMENTS } = {},
  ) {
    // Neither the state nor the charts hold any list of numbers.
    this.#follower = new JournalFollower(file, { hasLists: false });
    this.#onLine = onLine;
    this.#onReset = onReset;
    this.#firstBytes = segmentBytes;
    this.#segmentBytes = segmentBytes;
    this.#mostSegments = mostSegments;
  }

  get segments(): number {
    return this.#segments.length;
  }

  /** Bytes of the lines read so far. */
  get bytes(): number {
    return this.#follower.bytes;
  }

  /** Reads what was added. Throws InputError for a journal that stays damaged, or of another version. */
  async refresh(): Promise<void> {
    const bytes = await this.#follower.size();
    this.#isFirst = this.#segments.length === 0;
    if (this.#isFirst) this.#segmentBytes = this.#lengthFor(bytes);
    this.#fileBytes = bytes;
    await this.#follower.readNew((line, offset) => {
      if (offset === 0 && this.#segments.length > 0) this.#reset();
      this.#add(line, offset);
    });
    this.#isFirst = false;
  }

  /** How much of a journal has been read that is read for the first time; null once it is. */
  get readShare(): number | null {
    if (!this.#isFirst) return null;
    return this.#fileBytes > 0 ? this.#follower.bytes / this.#fileBytes : 0;
  }

  async close(): Promise<void> {
    await this.#follower.close();
  }

  /** The state before event `before`, or after the last event at `timeUs`. */
  async stateAt(goal: { before?: number; timeUs?: number }): Promise<ShownState> {
    const { before = Number.POSITIVE_INFINITY, timeUs = Number.POSITIVE_INFINITY } = goal;
    if (before >= this.head.next && timeUs >= this.head.timeUs) return this.head;
    const isBeyond = (n: number, atUs: number) => n >= before || atUs > timeUs;
    const segment = this.#segments.findLast(({ next, timeUs: atUs }) => !isBeyond(next, atUs));
    const state = segment === undefined ? emptyState() : unpacked(segment.state);
    for await (const { line } of this.#linesFrom(segment?.offset ?? 0)) {
      if (!('n' in line)) continue;
      if (isBeyond(line.n, line.timeUs)) break;
      applyLine(state, line);
    }
    return state;
  }

  /** The lines after event `before`, up to that time, until `visit` returns false. */
  async visit(
    before: number,
    toUs: number,
    visit: (line: SimulatedLine) => boolean,
  ): Promise<void> {
    if (before >= this.head.next) return;
    for await (const { line } of this.#linesFrom(this.#offsetBefore(before))) {
      if (!('n' in line) || line.n < before) continue;
      if (line.timeUs > toUs || !visit(line)) return;
    }
  }

  /** Up to `limit` simulated lines from event `from` on, as they are in the file. */
  async lines(from: number, limit: number): Promise<LineTexts> {
    const texts = new LineTexts(from, limit);
    if (from >= this.head.next) return texts;
    const { rereads } = this;
    let offset = this.#offsetBefore(from);
    for await (const block of this.#follower.blocksBetween(offset, this.#follower.bytes)) {
      offset = block.offset + texts.add(block.bytes);
      if (texts.isFull) break;
    }
    if (this.rereads === rereads) this.#remember({ next: texts.next, offset });
    return texts;
  }

  /** Up to `limit` wanted lines before event `before`, the newest first, of at most some segments. */
  async linesBefore(
    before: number,
    limit: number,
    isWanted: (line: SimulatedLine) => boolean,
    mark?: StepMark,
  ): Promise<{ lines: SimulatedLine[]; next: number | null }> {
    const found: SimulatedLine[] = [];
    let read = 0;
    for (let index = this.#segments.length - 1; index >= 0; index -= 1) {
      const { next, marks } = this.#segments[index]!;
      if (next >= before || (mark !== undefined && marks[mark] === 0)) continue;
      const here: SimulatedLine[] = [];
      for (const line of await this.#linesOfSegment(index)) {
        if (line.n < before && isWanted(line)) here.push(line);
      }
      found.push(...here.reverse());
      if (found.length >= limit) {
        const lines = found.slice(0, limit);
        return { lines, next: lines.at(-1)!.n };
      }
      read += 1;
      // The page asks on from here: no answer takes long.
      if (read >= 16) return { lines: found, next };
    }
    return { lines: found, next: null };
  }

  /** The nearest event with a mark: after event `from`, or before it. */
  async find(mark: StepMark, from: number, backwards: boolean): Promise<SimulatedLine | null> {
    const order = [...this.#segments.keys()];
    for (const index of backwards ? order.reverse() : order) {
      const { next, marks } = this.#segments[index]!;
      const end = this.#segments[index + 1]?.next ?? this.head.next;
      if (marks[mark] === 0 || (backwards ? next >= from : end <= from)) continue;
      const lines = await this.#linesOfSegment(index);
      const fits = (line: SimulatedLine) =>
        (backwards ? line.n < from : line.n >= from) && isMark(line, mark);
      const found = backwards ? lines.findLast(fits) : lines.find(fits);
      if (found) return found;
    }
    return null;
  }

  /** The lines of the segment that holds event `n`, and of those beside it. */
  async around(n: number): Promise<SimulatedLine[]> {
    const index = this.#segments.findLastIndex(({ next }) => next <= n);
    const lines: SimulatedLine[] = [];
    for (const near of [index - 1, index, index + 1]) {
      if (near in this.#segments) lines.push(...(await this.#linesOfSegment(near)));
    }
    return lines;
  }

  async #linesOfSegment(index: number): Promise<SimulatedLine[]> {
    const lines: SimulatedLine[] = [];
    const to = this.#segments[index + 1]?.offset;
    for await (const { line } of this.#linesFrom(this.#segments[index]!.offset, to)) {
      if ('n' in line) lines.push(line);
    }
    return lines;
  }

  #linesFrom(offset: number, to = this.#follower.bytes): AsyncGenerator<FollowedLine> {
    return this.#follower.linesBetween(offset, to);
  }

  #offsetBefore(n: number): number {
    const known = this.#continuations.find(({ next }) => next === n);
    return known?.offset ?? this.#segments.findLast(({ next }) => next <= n)?.offset ?? 0;
  }

  /** Readers go on where they were. */
  #remember(continuation: Continuation): void {
    this.#continuations = [continuation, ...this.#continuations.slice(0, 31)];
  }

  #add(line: JournalLine, offset: number): void {
    const { head } = this;
    let segment = this.#segments.at(-1);
    const least = Math.max(this.#segmentBytes, STATES_A_SEGMENT * this.#stateBytes);
    if (segment === undefined || offset - segment.offset >= least) {
      segment = this.#begin(offset);
    }
    if ('n' in line) for (const mark of marksOf(line)) segment.marks[mark] += 1;
    applyLine(head, line);
    this.#onLine(line);
  }

  #begin(offset: number): Segment {
    if (this.#segments.length >= this.#mostSegments) this.#thinOut();
    const { next, timeUs } = this.head;
    const text = JSON.stringify(this.head);
    this.#stateBytes = text.length;
    const state = deflateRawSync(text, { level: 1 });
    const segment = { offset, next, timeUs, marks: noMarks(), state };
    this.#segments.push(segment);
    return segment;
  }

  /** So that a journal that is there already needs no thinning: half of the states are for what comes. */
  #lengthFor(bytes: number): number {
    let length = this.#firstBytes;
    while (bytes > (length * this.#mostSegments) / 2) length *= 2;
    return length;
  }

  /** Every two segments become one. */
  #thinOut(): void {
    this.#segmentBytes *= 2;
    this.#segments = this.#segments.flatMap((segment, index, all) => {
      if (index % 2 === 1) return [];
      const other = all[index + 1]?.marks ?? noMarks();
      for (const mark of MARKS) segment.marks[mark] += other[mark];
      return [segment];
    });
  }

  #reset(): void {
    this.#segments = [];
    this.#segmentBytes = this.#firstBytes;
    this.#continuations = [];
    this.#stateBytes = 0;
    this.head = emptyState();
    this.rereads += 1;
    this.#onReset();
  }
}

function unpacked(state: Buffer): ShownState {
  return JSON.parse(inflateRawSync(state).toString()) as ShownState;
}

function noMarks(): Record<StepMark, number> {
  return Object.fromEntries(MARKS.map((mark) => [mark, 0])) as Record<StepMark, number>;
}
