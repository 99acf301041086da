import { readFileSync } from 'node:fs';
import type { ProcessUse } from '../worlds/live/process/cost-meter.ts';

/** What this process has taken so far. */
export function processUse(): ProcessUse {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    cpuS: (userCPUTime + systemCPUTime) / 1e6,
    // The limit that getrusage knows may be that of the program which has started this one.
    memoryBytes: 1024 * (residentPeakKb() ?? maxRSS),
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
