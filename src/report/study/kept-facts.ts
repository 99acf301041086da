import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { packageVersion } from '../../package-version.ts';
import { sha256Of } from '../../sha256-of.ts';
import { writeAtomically } from '../../write-atomically.ts';

const FILE = 'report-facts.bin';

/** One more wherever what is kept, or how it is counted, changes between two releases. */
const FORMAT = 6;

const DIGEST_BYTES = 32;

/**
 * The facts that `read` makes of a journal; read again only where nothing is kept beside it of the
 * same bytes, made by the same version of the program.
 */
export async function keptOrRead<Facts>(
  journalFile: string,
  read: () => Promise<Facts>,
): Promise<Facts> {
  // The reader reports a missing journal.
  if (!existsSync(journalFile)) return await read();
  const key = keyOf(journalFile);
  const kept = keptIn<Facts>(placeBeside(journalFile));
  if (kept?.key === key) return kept.facts;
  const facts = await read();
  write(journalFile, key, facts);
  return facts;
}

/** Keeps what a journal says for `keptOrRead`: of a run that has ended and was read just now. */
export function keepFacts(journalFile: string, facts: object): void {
  write(journalFile, keyOf(journalFile), facts);
}

function keyOf(journalFile: string): string {
  return JSON.stringify([FORMAT, packageVersion(), sha256Of(journalFile)]);
}

function placeBeside(journalFile: string): string {
  return join(dirname(journalFile), FILE);
}

function write(journalFile: string, key: string, facts: unknown): void {
  try {
    const kept = serialize({ key, facts });
    writeAtomically(placeBeside(journalFile), Buffer.concat([digestOf(kept), kept]));
  } catch {
    // A folder that may not be written to, or a full disk: it is read again next time.
  }
}

/** Null where nothing is kept, or not the very bytes that were written. */
function keptIn<Facts>(file: string): { key: string; facts: Facts } | null {
  try {
    if (!lstatSync(file).isFile()) return null;
    const bytes = readFileSync(file);
    const kept = bytes.subarray(DIGEST_BYTES);
    if (!digestOf(kept).equals(bytes.subarray(0, DIGEST_BYTES))) return null;
    return deserialize(kept) as { key: string; facts: Facts };
  } catch {
    return null;
  }
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
