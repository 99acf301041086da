import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../errors.ts';
import { type EndedLine, endedLines } from './ended-lines.ts';
import type { JournalLine } from './events.ts';
import { lineReader } from './reader.ts';

/**
 * Looks at the same broken line before it counts as damage: while a run is being resumed, the
 * journal ends with a part of an old line for a moment.
 */
const MOST_LOOKS = 10;

/** A checked line of a journal: as it is in the file, and what it says. */
export interface FollowedLine extends EndedLine {
  line: JournalLine;
}

/** Reads a growing journal part by part, with the checks of every reader. */
export class JournalFollower {
  readonly #file: string;
  #handle: FileHandle | null = null;
  #readLine: ReturnType<typeof lineReader>;
  /** Bytes of the ended lines read so far, and how many lines they are. */
  #bytes = 0;
  #lines = 0;
  /** The last of them. */
  #last: Buffer = Buffer.alloc(0);
  /** Looks at the next line that found it broken. */
  #brokenLooks = 0;

  constructor(file: string) {
    this.#file = file;
    this.#readLine = lineReader(file);
  }

  /** Of the ended lines read so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * The lines that were added since the last call; none of a journal that is not there yet. A resumed
   * run goes back to a checkpoint: all lines then come again, from the one at offset 0 on.
   *
   * Throws InputError, with file and line, at a line that is still broken at the tenth call.
   */
  async *newLines(): AsyncGenerator<FollowedLine, void, undefined> {
    this.#handle ??= await opened(this.#file);
    if (this.#handle === null) return;
    if (!(await this.#isLastThere())) this.#beginAgain();
    for await (const batch of endedLines(this.#handle, this.#bytes)) {
      for (const { bytes, offset } of batch) {
        const line = this.#parse(bytes);
        if (line === null) return;
        this.#last = bytes;
        this.#lines += 1;
        this.#bytes = offset + bytes.length;
        yield { line, bytes, offset };
      }
    }
  }

  /** Lines that came before: those between two offsets at which lines begin. */
  async *linesBetween(from: number, to: number): AsyncGenerator<FollowedLine, void, undefined> {
    if (this.#handle === null) return;
    for await (const batch of endedLines(this.#handle, from, to)) {
      for (const { bytes, offset } of batch) {
        yield { line: JSON.parse(bytes.toString()) as JournalLine, bytes, offset };
      }
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
  }

  /** Null for a line that is broken, but may not stay so. */
  #parse(bytes: Buffer): JournalLine | null {
    try {
      const line = this.#readLine(bytes, this.#lines + 1);
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
    this.#readLine = lineReader(this.#file);
    this.#bytes = 0;
    this.#lines = 0;
    this.#last = Buffer.alloc(0);
  }
}

/** Null where there is no such file. */
async function opened(file: string): Promise<FileHandle | null> {
  try {
    return await open(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new InputError({ place: { file }, found: `cannot be read: ${message}` });
  }
}
