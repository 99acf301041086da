import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { InputError } from '../errors.ts';
import type { JournalLine } from './events.ts';
import { isSimulated, lineReader } from './reader.ts';

const LOOK_EVERY_MS = 200;
const CHUNK_BYTES = 1 << 18;
/**
 * Looks at the same broken line before it counts as damage: while a run is being resumed, the
 * journal ends with a part of an old line for a moment.
 */
const MOST_LOOKS = 10;
const NEWLINE = 0x0a;

/**
 * The lines of a run's journal, from the first one on: those that are there, then each new one, at
 * the latest about a second after it was recorded. Ends behind the line `finished`, or when `signal`
 * is aborted. Waits for the rest of a line that is half written, and for a journal that is not there
 * yet in a folder that is.
 *
 * A run that was stopped or killed may be resumed, so that its journal is waited on. A resumed run
 * goes on from a checkpoint: behind a line `resumed`, events from the number `fromEvent` on come
 * again where the events after the checkpoint had been read before. Of a virtual run they are the same.
 *
 * Throws InputError where there is no such folder, and with file and line where the journal is damaged.
 */
export async function* followJournal(
  folder: string,
  { signal }: { signal?: AbortSignal } = {},
): AsyncGenerator<JournalLine, void, undefined> {
  if (!existsSync(folder)) {
    throw new InputError({ place: { file: folder }, found: 'no such folder' });
  }
  const follower = new Follower(join(folder, 'journal.jsonl'));
  try {
    while (!signal?.aborted) {
      for (const line of await follower.read()) {
        if (signal?.aborted) return;
        yield line;
        if (line.type === 'finished') return;
      }
      if (!follower.isBehind)
        await wait(LOOK_EVERY_MS, undefined, signal ? { signal } : {}).catch(() => {});
    }
  } finally {
    await follower.close();
  }
}

/** Reads a growing journal part by part. */
class Follower {
  readonly #file: string;
  #handle: FileHandle | null = null;
  #readLine: ReturnType<typeof lineReader>;
  /** Bytes of the ended lines read so far, and how many lines they are. */
  #bytes = 0;
  #lines = 0;
  /** The last of them, and the number of the last host line. */
  #last = Buffer.alloc(0);
  #lastHost = -1;
  /** While the journal is read again after a resume: up to the first host line not read before. */
  #isSkipping = false;
  /** Looks at the next line that found it broken. */
  #brokenLooks = 0;
  /** Whether more was there than was read. */
  isBehind = false;

  constructor(file: string) {
    this.#file = file;
    this.#readLine = lineReader(file);
  }

  /** The complete lines added since the last call. */
  async read(): Promise<JournalLine[]> {
    this.#handle ??= await open(this.#file).catch((error) => {
      if (error.code === 'ENOENT') return null;
      throw new InputError({
        place: { file: this.#file },
        found: `cannot be read: ${error.message}`,
      });
    });
    if (this.#handle === null) return [];
    // A resumed run has written other lines where the last one was: no line is at its place again,
    // since the line `resumed` and all later host lines stand in front of it.
    const before = await this.#at(this.#bytes - this.#last.length, this.#last.length);
    if (!before.equals(this.#last)) this.#readAgain();
    let size = CHUNK_BYTES;
    let chunk = await this.#at(this.#bytes, size);
    while (chunk.length === size && !chunk.includes(NEWLINE)) {
      size *= 2;
      chunk = await this.#at(this.#bytes, size);
    }
    const lines = this.#linesOf(chunk);
    this.isBehind = chunk.length === size && this.#brokenLooks === 0;
    return lines;
  }

  close(): Promise<void> | undefined {
    return this.#handle?.close();
  }

  #linesOf(chunk: Buffer): JournalLine[] {
    const lines: JournalLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const bytes = Buffer.from(chunk.subarray(start, end + 1));
      const line = this.#parse(bytes);
      if (line === null) break;
      this.#last = bytes;
      this.#lines += 1;
      if (!isSimulated(line) && line.host > this.#lastHost) {
        this.#lastHost = line.host;
        this.#isSkipping = false;
      }
      if (!this.#isSkipping) lines.push(line);
      start = end + 1;
    }
    this.#bytes += start;
    return lines;
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

  #readAgain(): void {
    this.#readLine = lineReader(this.#file);
    this.#bytes = 0;
    this.#lines = 0;
    this.#last = Buffer.alloc(0);
    this.#isSkipping = true;
  }

  async #at(position: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await this.#handle!.read(buffer, 0, length, position);
    return buffer.subarray(0, bytesRead);
  }
}
