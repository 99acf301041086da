import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a process finds what the kernel counts for its control group. */
export interface OwnCgroup {
  /** CPU seconds of all that ran in it. */
  cpuS: () => number | null;
  /** The most memory that was charged to it at one moment, in bytes: what its limit is held against. */
  memoryBytes: () => number | null;
}

/** Limits of version 1 above this are none. */
const NO_LIMIT = 2 ** 60;

/**
 * The control group of this process, of version 2 or 1, where it is its own, as in a container with
 * limits: it has a limit, and no other process is in it but the container's first process. Null elsewhere: a
 * group that others share says nothing of one process. Asked before the process starts others. `root`: of the
 * file system, which a test makes.
 */
export function ownCgroup(root = '/', pid = process.pid): OwnCgroup | null {
  const lines = textOf(join(root, 'proc/self/cgroup'))?.trim().split('\n') ?? [];
  const pathOf = (controller: string) => {
    const line = lines.find((each) => each.split(':')[1]!.split(',').includes(controller));
    return line?.split(':').slice(2).join(':');
  };
  const mount = join(root, 'sys/fs/cgroup');
  // In a container without a namespace of groups the path is the host's, and its own group is the root.
  const folder = (controller: string, path: string | undefined) => {
    const whole = join(mount, controller, path ?? '');
    return existsSync(join(whole, 'cgroup.procs')) ? whole : join(mount, controller);
  };
  const isOld = pathOf('memory') !== undefined;
  const memory = isOld ? folder('memory', pathOf('memory')) : folder('', pathOf(''));
  const cpu = isOld ? folder('cpu', pathOf('cpu')) : memory;
  const account = isOld ? folder('cpuacct', pathOf('cpuacct')) : memory;
  if (!isAlone(memory, pid) || !isAlone(account, pid)) return null;
  if (isOld) {
    const limit = numberOf(join(memory, 'memory.limit_in_bytes'));
    const quotaUs = numberOf(join(cpu, 'cpu.cfs_quota_us'));
    if (!((limit !== null && limit < NO_LIMIT) || (quotaUs !== null && quotaUs > 0))) return null;
    return {
      cpuS: () => per(numberOf(join(account, 'cpuacct.usage')), 1e9),
      memoryBytes: () => numberOf(join(memory, 'memory.max_usage_in_bytes')),
    };
  }
  const limits = ['memory.max', 'cpu.max'].map((name) => textOf(join(memory, name)));
  if (!limits.some((limit) => limit !== null && !limit.startsWith('max'))) return null;
  return {
    cpuS: () => {
      const used = /^usage_usec (\d+)$/m.exec(textOf(join(memory, 'cpu.stat')) ?? '');
      return used === null ? null : Number(used[1]) / 1e6;
    },
    memoryBytes: () => numberOf(join(memory, 'memory.peak')),
  };
}

/** But for the first process of a container, which may be one that only waits for the others. */
function isAlone(folder: string, pid: number): boolean {
  const pids = textOf(join(folder, 'cgroup.procs'))?.trim().split('\n').map(Number) ?? [];
  return pids.includes(pid) && pids.every((each) => each === pid || each === 1);
}

function per(value: number | null, unit: number): number | null {
  return value === null ? null : value / unit;
}

function numberOf(file: string): number | null {
  const text = textOf(file)?.trim();
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : null;
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
