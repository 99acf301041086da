import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JournalLine } from './events.ts';
import { CheckedLines, lineEnds } from './reader.ts';
import { unreadableJournal } from './unreadable-journal.ts';
import { blocksOf } from './whole-lines.ts';

/**
 * Looks at the same broken line before it counts as damage: while a run is being resumed, the
 * journal ends with a part of an old line for a moment.
 */
const MOST_LOOKS = 10;
/** Read without a pause: about a millisecond. */
const SLICE_BYTES = 1 << 17;
const NEWLINE = 0x0a;

/** A line of a journal, and where in the file it begins. */
export interface FollowedLine {
  line: JournalLine;
  offset: number;
}

/** Lines that follow each other, and where in the file they begin. */
interface Block {
  bytes: Buffer;
  offset: number;
}

/** Reads a growing journal part by part, with the checks of every reader. */
export class JournalFollower {
  readonly #file: string;
  readonly #hasLists: boolean;
  #handle: FileHandle | null = null;
  #checked: CheckedLines;
  /** Bytes of the ended lines read so far. */
  #bytes = 0;
  /** The last of them. */
  #last: Buffer = Buffer.alloc(0);
  /** Looks at the next line that found it broken. */
  #brokenLooks = 0;

  /** `hasLists`: false leaves lists of numbers out of new lines, which takes less time. */
  constructor(file: string, { hasLists = true } = {}) {
    this.#file = file;
    this.#hasLists = hasLists;
    this.#checked = new CheckedLines(file, { hasLists });
  }

  /** Of the ended lines read so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Of the file as it is now. */
  async size(): Promise<number> {
    this.#handle ??= await opened(this.#file);
    return this.#handle === null ? 0 : (await this.#handle.stat()).size;
  }

  /**
   * Shows the lines that were added since the last call, and where each begins; none of a journal that is
   * not there yet. A resumed run goes back to a checkpoint: all lines then come again, from the one at
   * offset 0 on.
   *
   * Throws InputError, with file and line, at a line that is still broken at the tenth call.
   */
  async readNew(visit: (line: JournalLine, offset: number) => void): Promise<void> {
    for await (const block of this.#newBlocks()) {
      for (const slice of slicesOf(block)) {
        if (!this.#readBlock(slice, visit)) return;
        // A server that reads a large journal answers meanwhile.
        await nextTurn();
      }
    }
  }

  /** The same, one by one. */
  async *newLines(): AsyncGenerator<FollowedLine, void, undefined> {
    for await (const block of this.#newBlocks()) {
      const lines: FollowedLine[] = [];
      const isWhole = this.#readBlock(block, (line, offset) => lines.push({ line, offset }));
      yield* lines;
      if (!isWhole) return;
    }
  }

  /** Lines that came before: those between two offsets at which lines begin. */
  async *linesBetween(from: number, to: number): AsyncGenerator<FollowedLine, void, undefined> {
    for await (const { bytes: block, offset } of this.blocksBetween(from, to)) {
      let start = 0;
      for (const end of lineEnds(block)) {
        const line = JSON.parse(block.toString('utf8', start, end)) as JournalLine;
        yield { line, offset: offset + start };
        start = end;
      }
    }
  }

  /** The same as they are in the file, many at a time, each block in the memory of the one before. */
  async *blocksBetween(from: number, to: number): AsyncGenerator<Block, void, undefined> {
    if (this.#handle !== null) yield* blocksOf(this.#file, this.#handle, from, to);
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
  }

  async *#newBlocks(): AsyncGenerator<Block, void, undefined> {
    this.#handle ??= await opened(this.#file);
    if (this.#handle === null) return;
    if (!(await this.#isLastThere())) this.#beginAgain();
    const blocks = blocksOf(this.#file, this.#handle, this.#bytes, Number.POSITIVE_INFINITY);
    for await (const block of blocks) {
      if (block.isEnded) yield block;
    }
  }

  /** Out: whether all lines of the block could be read. */
  #readBlock(
    { bytes, offset }: Block,
    visit: (line: JournalLine, offset: number) => void,
  ): boolean {
    let before = 0;
    let start = 0;
    for (const end of lineEnds(bytes)) {
      const line = this.#parse(bytes, start, end);
      if (line === null) break;
      this.#bytes = offset + end;
      visit(line, offset + start);
      before = start;
      start = end;
    }
    // Bytes of its own: else they would hold the whole block.
    if (start > 0) this.#last = Buffer.from(bytes.subarray(before, start));
    return start === bytes.length;
  }

  /** Null for a line that is broken, but may not stay so. */
  #parse(block: Buffer, start: number, end: number): JournalLine | null {
    try {
      const line = this.#checked.read(block, start, end);
      this.#brokenLooks = 0;
      return line;
    } catch (error) {
      this.#brokenLooks += 1;
      if (this.#brokenLooks > MOST_LOOKS) throw error;
      return null;
    }
  }

  /**
   * A resumed run has written other lines where the last one was: no line is at its place again, since
   * the line `resumed` and all later host lines stand in front of it.
   */
  async #isLastThere(): Promise<boolean> {
    const { length } = this.#last;
    const now = Buffer.alloc(length);
    const { bytesRead } = await this.#handle!.read(now, 0, length, this.#bytes - length);
    return bytesRead === length && now.equals(this.#last);
  }

  #beginAgain(): void {
    this.#checked = new CheckedLines(this.#file, { hasLists: this.#hasLists });
    this.#bytes = 0;
    this.#last = Buffer.alloc(0);
  }
}

/** Parts of a block of whole lines, each of whole lines, too. */
function* slicesOf({ bytes, offset }: Block): Generator<Block> {
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(NEWLINE, Math.min(bytes.length - 1, start + SLICE_BYTES)) + 1;
    yield { bytes: bytes.subarray(start, end), offset: offset + start };
    start = end;
  }
}

/** Null where there is no such file. */
async function opened(file: string): Promise<FileHandle | null> {
  try {
    return await open(file);
  } catch (error) {
    const refused = error as NodeJS.ErrnoException;
    if (refused.code === 'ENOENT') return null;
    throw unreadableJournal(file, refused);
  }
}
