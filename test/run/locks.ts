import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ProcessIdentity, thisProcess } from '#src/run/process-identity.js';

/** Lays a lock into a folder as a process leaves it that does not give it back. */
export function leaveLock(dir: string, holder: Partial<ProcessIdentity> = {}): void {
  const lock = join(dir, '.lock');
  mkdirSync(lock, { recursive: true });
  const identity = { ...thisProcess(), ...holder };
  writeFileSync(join(lock, `${identity.pid}-${identity.began}`), JSON.stringify(identity));
}
