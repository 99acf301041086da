import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { RunError } from '../errors.ts';
import type { Address } from '../worlds/live/protocol/placement.ts';
import { writeAtomically } from '../write-atomically.ts';

const RETRY_MS = 200;

/** Where the coordinator of a run is found, in a file on a disk that the machines share. */
interface Rendezvous extends Address {
  transport: 'tcp' | 'websocket';
}

/** Writes the file as a whole: a reader never finds half of an address. */
export function writeRendezvous(file: string, { host, port, transport }: Rendezvous): void {
  writeAtomically(file, `${JSON.stringify({ host, port, transport })}\n`, { mode: 0o600 });
}

/** Null while there is none. */
export function readRendezvous(file: string): Rendezvous | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Rendezvous;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Waits for it. Throws RunError when it is not there in time. */
export async function rendezvousAppears(file: string, waitS: number): Promise<void> {
  const untilMs = performance.now() + waitS * 1000;
  while (readRendezvous(file) === null) {
    if (performance.now() > untilMs) {
      throw new RunError(`no coordinator has written ${file} in ${waitS} s`);
    }
    await delay(RETRY_MS);
  }
}
