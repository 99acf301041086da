import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** Identifies a process, also against a later one with the same number. */
export const identitySchema = z.strictObject({
  pid: z.int().min(1),
  host: z.string(),
  /** Of the machine's start; null where the system does not say. */
  boot: z.string().nullable(),
  /** When the process began, as the system says it; null where it does not. */
  began: z.string().nullable(),
});

export type ProcessIdentity = z.infer<typeof identitySchema>;

export function thisProcess(): ProcessIdentity {
  const { pid } = process;
  return { pid, host: hostname(), boot: bootId(), began: facts(pid)?.began ?? null };
}

/** A process on another machine cannot be examined: it counts as alive. */
export function isAlive({ pid, host, boot, began }: ProcessIdentity): boolean {
  if (host !== hostname()) return true;
  if (boot !== bootId()) return false;
  if (!exists(pid)) return false;
  const now = facts(pid);
  // A process that has ended, and whose parent has not collected its status, no longer runs.
  if (now === null) return true;
  return !now.hasEnded && (began === null || now.began === began);
}

function exists(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}

/** From /proc, else from `ps`; null where neither has it. */
function facts(pid: number): { began: string; hasEnded: boolean } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, with any character in it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    return { began: fields[19]!, hasEnded: state === 'Z' || state === 'X' };
  } catch {
    return factsOfPs(pid);
  }
}

function factsOfPs(pid: number): { began: string; hasEnded: boolean } | null {
  const options = { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } } as const;
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', `${pid}`], options);
  const [, state, began] = (status === 0 && /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout)) || [];
  return state === undefined || began === undefined
    ? null
    : { began, hasEnded: state.startsWith('Z') };
}
