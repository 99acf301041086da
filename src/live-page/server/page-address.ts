import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import {
  identitySchema,
  isAlive,
  type ProcessIdentity,
  thisProcess,
} from '../../run/process-identity.ts';
import { writeAtomically } from '../../write-atomically.ts';

/** Beside the journal of the first run that a page shows. */
const FILE = 'page-address.json';
const PRIVATE = 0o600;

const schema = z.object({
  folders: z.array(z.string()),
  port: z.int().min(1).max(65_535),
  token: z.string().regex(/^[\w-]{32}$/),
  server: identitySchema,
});

/** Where a page was served before, so that one that is still open finds its server again. */
interface PageAddress {
  port: number;
  token: string;
}

/**
 * Address that the last server of these runs' page kept; null where none did, others could have
 * written it, or that server still runs.
 */
export function keptAddress(folders: readonly string[]): PageAddress | null {
  const kept = readKept(folders);
  if (kept === null || isOther(kept.server)) return null;
  return kept.folders.join('\n') === absolute(folders).join('\n') ? kept : null;
}

/**
 * Keeps it for the next server; not in a folder that cannot be written to, nor in place of another server's
 * that still runs: its page, too, shall find it again.
 */
export function keepAddress(
  folders: readonly string[],
  { port, token }: PageAddress,
  server: ProcessIdentity = thisProcess(),
): void {
  const kept = readKept(folders);
  if (kept !== null && isOther(kept.server)) return;
  const text = `${JSON.stringify({ folders: absolute(folders), port, token, server })}\n`;
  try {
    writeAtomically(fileOf(folders), text, { mode: PRIVATE });
  } catch {
    // The page is served all the same; after a restart it has another URL.
  }
}

export function newPageToken(): string {
  return randomBytes(24).toString('base64url');
}

/** Contents of the file; null where none is, or others could have written it. */
function readKept(folders: readonly string[]): z.infer<typeof schema> | null {
  try {
    const file = fileOf(folders);
    const { mode, uid } = statSync(file);
    const isOurs = (mode & 0o777) === PRIVATE && uid === process.getuid?.();
    const kept = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return isOurs ? kept : null;
  } catch {
    return null;
  }
}

/** Another process that runs. */
function isOther(server: ProcessIdentity): boolean {
  return isAlive(server) && server.pid !== process.pid;
}

function absolute(folders: readonly string[]): string[] {
  return folders.map((folder) => resolve(folder));
}

function fileOf(folders: readonly string[]): string {
  return join(folders[0]!, FILE);
}
