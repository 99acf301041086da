import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { packageVersion } from '../../package-version.ts';
import { sha256Of } from '../../sha256-of.ts';
import { writeAtomically } from '../../write-atomically.ts';

const FILE = 'report-facts.bin';

/** One more wherever what is kept, or how it is counted, changes between two releases. */
const FORMAT = 3;

/**
 * What `read` makes of a journal; read again only where nothing is kept beside it of the same bytes, made
 * by the same version of the program with the same options.
 */
export async function keptOrRead<Facts>(
  journalFile: string,
  options: object,
  read: () => Promise<Facts>,
): Promise<Facts> {
  const file = join(dirname(journalFile), FILE);
  // Its reader tells that there is none.
  if (!existsSync(journalFile)) return await read();
  const key = JSON.stringify([FORMAT, packageVersion(), sha256Of(journalFile), options]);
  const kept = keptIn<Facts>(file);
  if (kept?.key === key) return kept.facts;
  const facts = await read();
  try {
    writeAtomically(file, serialize({ key, facts }));
  } catch {
    // A folder that may not be written to, or a full disk: it is read again next time.
  }
  return facts;
}

/** Null where nothing is kept, or not all of it. */
function keptIn<Facts>(file: string): { key: string; facts: Facts } | null {
  try {
    return deserialize(readFileSync(file)) as { key: string; facts: Facts };
  } catch {
    return null;
  }
}
