import { readFileSync } from 'node:fs';
import type { ProcessUse } from '../worlds/live/process/cost-meter.ts';
import { type OwnCgroup, ownCgroup } from './own-cgroup.ts';

/** Found at the first question. */
let cgroup: OwnCgroup | null | undefined;

/**
 * Use of resources by this process so far: by its control group where that is its own, as in a
 * container with limits, which counts processes that it has started too; else by what Linux says of
 * the process.
 */
export function processUse(): ProcessUse {
  if (cgroup === undefined) cgroup = ownCgroup();
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    cpuS: cgroup?.cpuS() ?? (userCPUTime + systemCPUTime) / 1e6,
    // The peak that getrusage knows may be that of the program which has started this one.
    memoryBytes: cgroup?.memoryBytes() ?? 1024 * (residentPeakKb() ?? maxRSS),
  };
}

/** VmHWM, by Linux; null elsewhere. */
function residentPeakKb(): number | null {
  try {
    const line = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return line === null ? null : Number(line[1]);
  } catch {
    return null;
  }
}
