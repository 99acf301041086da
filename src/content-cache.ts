import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ensureFolder } from './ensure-folder.ts';

/** Of all entries together. */
const LIMIT_BYTES = 512 * 2 ** 20;
/** Bytes of the SHA-256 at the end of each file. */
const DIGEST_BYTES = 32;
const LENGTH_BYTES = 4;
const PIECE_BYTES = 2 ** 20;

/** Contents of an entry, in the order in which they were written. */
export interface EntryReader {
  next(): Uint8Array<ArrayBuffer>;
}

/**
 * What was made of the bytes of inputs, in files named by a hash of these and of the program.
 *
 * An entry is written under another name and renamed, so that several processes may write the same at
 * once; its checksum covers its name too. A damaged entry is none, a folder that cannot be written is an
 * empty cache, and the entries that were not used for the longest time go first where there are too many.
 */
export class ContentCache {
  readonly #folder: string;
  readonly #program: string;
  readonly #limitBytes: number;

  constructor(folder: string, program: string, limitBytes = LIMIT_BYTES) {
    this.#folder = folder;
    this.#program = program;
    this.#limitBytes = limitBytes;
  }

  /** The name of what `kind` makes of `inputs`, which JSON can write. */
  nameOf(kind: string, inputs: unknown): string {
    const text = JSON.stringify([this.#program, kind, inputs]);
    return `${kind}-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  }

  /** Null where there is no such entry, or a damaged one. */
  read<Value>(name: string, decode: (reader: EntryReader) => Value): Value | null {
    let file: number | undefined;
    try {
      file = openSync(join(this.#folder, name), 'r');
      const end = fstatSync(file).size - DIGEST_BYTES;
      const hash = createHash('sha256').update(name);
      for (const piece of piecesOf(file, 0, end)) hash.update(piece);
      const [digest] = [...piecesOf(file, end, end + DIGEST_BYTES)];
      if (!digest?.equals(hash.digest())) return null;
      const value = decode(new FileEntry(file, end));
      markUsed(file);
      return value;
    } catch {
      return null;
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  /** Does nothing where it cannot be written, or would fill half of the cache. */
  write(name: string, records: Iterable<Uint8Array>): void {
    const partial = join(this.#folder, `${name}.${randomUUID()}`);
    try {
      // Only its user reads and writes it.
      ensureFolder(this.#folder, 0o700);
      if (!writeEntry(partial, name, records, this.#limitBytes / 2)) throw new Error('too large');
      renameSync(partial, join(this.#folder, name));
      this.#makeRoom();
    } catch {
      remove(partial);
    }
  }

  /** What a killed process left unfinished is an entry that is not used. */
  #makeRoom(): void {
    const entries = readdirSync(this.#folder).flatMap((name) => {
      const path = join(this.#folder, name);
      const { size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
      return size === undefined ? [] : [{ path, size, usedMs: mtimeMs! }];
    });
    let bytes = entries.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of entries.sort((a, b) => a.usedMs - b.usedMs)) {
      if (bytes <= this.#limitBytes) return;
      remove(path);
      bytes -= size;
    }
  }
}

/** Writes records, each behind its length, and the checksum. False where it has more bytes than that. */
function writeEntry(
  path: string,
  name: string,
  records: Iterable<Uint8Array>,
  mostBytes: number,
): boolean {
  const file = openSync(path, 'wx', 0o600);
  try {
    const hash = createHash('sha256').update(name);
    let bytes = 0;
    let waiting: Uint8Array[] = [];
    let waitingBytes = 0;
    const write = () => {
      const piece = Buffer.concat(waiting);
      hash.update(piece);
      writeFileSync(file, piece);
      bytes += piece.length;
      waiting = [];
      waitingBytes = 0;
    };
    for (const record of records) {
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32LE(record.length);
      waiting.push(length, record);
      waitingBytes += LENGTH_BYTES + record.length;
      if (bytes + waitingBytes > mostBytes) return false;
      if (waitingBytes >= PIECE_BYTES) write();
    }
    write();
    writeFileSync(file, hash.digest());
    fsyncSync(file);
    return true;
  } finally {
    closeSync(file);
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It is in no folder, or in one that cannot be changed.
  }
}

/** Where the files cannot be changed, entries are in order of writing. */
function markUsed(file: number): void {
  try {
    const now = new Date();
    futimesSync(file, now, now);
  } catch {
    // Read-only: nothing is removed there either.
  }
}

/** Bytes of a file, each piece a buffer of its own. Throws where it is shorter. */
function* piecesOf(file: number, from: number, to: number): Generator<Buffer> {
  for (let at = from; at < to; ) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, to - at));
    const read = readSync(file, piece, 0, piece.length, at);
    if (read === 0) throw new Error('cut short');
    yield piece.subarray(0, read);
    at += read;
  }
}

class FileEntry implements EntryReader {
  readonly #pieces: Iterator<Buffer>;
  #piece: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(file: number, end: number) {
    this.#pieces = piecesOf(file, 0, end);
  }

  next(): Uint8Array<ArrayBuffer> {
    return this.#take(Buffer.from(this.#take(LENGTH_BYTES).buffer).readUInt32LE());
  }

  /** A copy. */
  #take(length: number): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(length);
    for (let filled = 0; filled < length; ) {
      if (this.#at === this.#piece.length) {
        const { done, value } = this.#pieces.next();
        if (done) throw new Error('no more records');
        this.#piece = value;
        this.#at = 0;
      }
      const part = this.#piece.subarray(this.#at, this.#at + length - filled);
      taken.set(part, filled);
      filled += part.length;
      this.#at += part.length;
    }
    return taken;
  }
}
