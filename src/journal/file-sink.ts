import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { RunError } from '../errors.ts';
import { systemRefusal } from '../system-refusal.ts';
import type { JournalSink, JournalStart } from './writer.ts';

const BUFFER_CHARACTERS = 1 << 16;
/** Wall time after which a line is in the file, for those that follow the journal. */
const FLUSH_EVERY_MS = 500;

/**
 * Appends to a file through a buffer, which a timer empties too. A write that fails leaves the file
 * ending with a whole line.
 */
export class FileSink implements JournalSink {
  readonly #path: string;
  readonly #file: number;
  /** Over all bytes in the file. */
  readonly #digest: Hash;
  #buffer: string[] = [];
  #buffered = 0;
  #bytes: number;
  /** After a failed write the sink writes no more: the journal would have a gap. */
  #hasFailed = false;
  #isClosed = false;
  readonly #timer: NodeJS.Timeout;
  /** A failure of the timer's flush: thrown by the next call, which has a caller to catch it. */
  #failed: RunError | null = null;

  /** Goes on at `from.bytes`: of what the file holds after that, the kept lines stay. */
  constructor(path: string, from?: Pick<JournalStart, 'bytes' | 'digest' | 'keptLines'>) {
    const { bytes = 0, digest = createHash('sha256'), keptLines = '' } = from ?? {};
    this.#path = path;
    this.#bytes = bytes;
    this.#digest = digest;
    const isThere = bytes > 0 || keptLines !== '';
    try {
      this.#file = openSync(path, isThere ? 'r+' : 'w');
    } catch (error) {
      throw this.#failure(error);
    }
    // In front of what is cut off: a process killed in between loses no host line.
    this.write(keptLines);
    this.sync();
    try {
      ftruncateSync(this.#file, this.#bytes);
    } catch (error) {
      throw this.#failure(error);
    }
    this.#timer = setInterval(() => this.#flushInTime(), FLUSH_EVERY_MS).unref();
  }

  /** Bytes in the file after the last flush. */
  get bytes(): number {
    return this.#bytes;
  }

  /** SHA-256 over these bytes. */
  get sha256(): string {
    return this.#digest.copy().digest('hex');
  }

  write(text: string): void {
    this.#throwLate();
    if (this.#hasFailed || text === '') return;
    this.#buffer.push(text);
    this.#buffered += text.length;
    if (this.#buffered >= BUFFER_CHARACTERS) this.flush();
  }

  /** Hands everything to the operating system. */
  flush(): void {
    this.#throwLate();
    if (this.#buffered === 0) return;
    const data = Buffer.from(this.#buffer.join(''));
    this.#buffer = [];
    this.#buffered = 0;
    let done = 0;
    try {
      while (done < data.length) {
        done += writeSync(this.#file, data, done, data.length - done, this.#bytes + done);
      }
    } catch (error) {
      this.#hasFailed = true;
      const lines = data.subarray(0, done).lastIndexOf(10) + 1;
      ftruncateSync(this.#file, this.#bytes + lines);
      this.#bytes += lines;
      throw this.#failure(error);
    }
    this.#bytes += data.length;
    this.#digest.update(data);
  }

  /** Has everything on the disk. */
  sync(): void {
    this.flush();
    try {
      fsyncSync(this.#file);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** A second call has no effect. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    try {
      this.flush();
    } finally {
      closeSync(this.#file);
    }
  }

  #flushInTime(): void {
    try {
      this.flush();
    } catch (error) {
      this.#failed = error as RunError;
    }
  }

  #throwLate(): void {
    const failed = this.#failed;
    this.#failed = null;
    if (failed !== null) throw failed;
  }

  #failure(error: unknown): RunError {
    return new RunError(`cannot write ${this.#path}: ${systemRefusal(error)}`);
  }
}
