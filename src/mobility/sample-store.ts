import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { SAMPLES_IN_MEMORY_BYTES, SHORTEST_PIECE_BYTES } from './samples-in-memory.ts';

/** Bytes of one entity, which the store may move to its file. */
export interface Storable {
  /** Gives up what is in memory, to lie at this place of the file. Out: its bytes. */
  moveTo(offset: number): Uint8Array;
}

const WRITTEN_AT_ONCE_BYTES = 2 ** 20;

/** Closes the file of a store that is gone. */
const files = new FinalizationRegistry<number>(closeSync);

/**
 * Keeps samples in memory up to a limit, then moves all that it has to a temporary file, in the folder
 * that TMPDIR names. The file has no name, so that nothing is left of it when the process ends.
 */
export class SampleStore {
  readonly #inMemory = new Set<Storable>();
  #bytes = 0;
  #file: number | undefined;
  #end = 0;

  /** `by` more bytes of it are in memory. May move them away at once. */
  grow(one: Storable, by: number): void {
    this.#inMemory.add(one);
    this.#bytes += by;
    const isWorthIt = this.#bytes > SHORTEST_PIECE_BYTES * this.#inMemory.size;
    if (this.#bytes > SAMPLES_IN_MEMORY_BYTES && isWorthIt) this.#moveAll();
  }

  /** It goes, with these bytes of it that are in memory. */
  shrink(one: Storable, by: number): void {
    this.#inMemory.delete(one);
    this.#bytes -= by;
  }

  /** Puts bytes of the file there. */
  read(offset: number, into: Uint8Array): void {
    for (let at = 0; at < into.length; ) {
      const read = readSync(this.#file!, into, at, into.length - at, offset + at);
      if (read === 0) throw new RunError(`the file of samples in ${tmpdir()} is cut short`);
      at += read;
    }
  }

  #moveAll(): void {
    this.#file ??= this.#open();
    let pieces: Uint8Array[] = [];
    let length = 0;
    for (const one of this.#inMemory) {
      const piece = one.moveTo(this.#end + length);
      pieces.push(piece);
      length += piece.length;
      if (length < WRITTEN_AT_ONCE_BYTES) continue;
      this.#write(Buffer.concat(pieces));
      pieces = [];
      length = 0;
    }
    this.#write(Buffer.concat(pieces));
    this.#inMemory.clear();
    this.#bytes = 0;
  }

  #write(bytes: Uint8Array): void {
    try {
      writeFileSync(this.#file!, bytes);
    } catch (error) {
      throw full(error);
    }
    this.#end += bytes.length;
  }

  #open(): number {
    try {
      const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-samples-'));
      const file = openSync(join(folder, 'samples'), 'wx+');
      rmSync(folder, { recursive: true });
      files.register(this, file);
      return file;
    } catch (error) {
      throw full(error);
    }
  }
}

function full(error: unknown): RunError {
  const { message } = error as Error;
  return new RunError(
    `the samples of the trace do not fit into memory, and cannot be written to ${tmpdir()}: ${message}\n  name a folder with space, three to ten bytes a sample: TMPDIR=FOLDER`,
  );
}
