// Runs one configuration in the live world and prints what it took: a process of its own, the
// coordinator, with the others as its children.

import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { completeLayers } from '../src/config/complete-layers.ts';
import { configSchema } from '../src/config/config-schema.ts';
import { processProgram } from '../src/processes/process-program.ts';
import { RunTally } from '../src/report/run/run-record.ts';
import { LiveRun } from '../src/run/live-run.ts';

const LOOK_EVERY_MS = 2;
const WEIGH_EVERY_MS = 1000;

const [configFile, runDir] = process.argv.slice(2) as [string, string];
const main = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const config = completeLayers(configSchema.parse(parse(readFileSync(configFile, 'utf8'))));
const run = await LiveRun.create({ config, runDir, program: processProgram(main) });

const late = monitorEventLoopDelay({ resolution: 1 });
const begin = { wallMs: 0, cpuS: 0, ownCpuS: 0 };
const look = setInterval(() => {
  if (run.progress.simTimeS === 0) return;
  clearInterval(look);
  const wallMs = performance.now();
  Object.assign(begin, { wallMs, cpuS: ownCpuS() + sum(cpuOfOthers()), ownCpuS: ownCpuS() });
  late.enable();
}, LOOK_EVERY_MS);
/** The most memory of a role's largest process, and of all together. */
const largestMiB: Record<string, number> = {};
let memoryMiB = 0;
const weigh = setInterval(weighAll, WEIGH_EVERY_MS);
const { gradients, computed, rounds, simTimeS } = await run.toEnd({
  onProgress: () => {
    if (memoryMiB === 0) weighAll();
  },
});
const wallMs = performance.now();
late.disable();
clearInterval(weigh);
const own = ownCpuS();
process.stdout.write(
  JSON.stringify({
    startS: begin.wallMs / 1000,
    wallS: (wallMs - begin.wallMs) / 1000,
    cpuS: own + cpuOfEndedS() - begin.cpuS,
    ownCpuS: own - begin.ownCpuS,
    lateMs: late.percentile(99) / 1e6,
    ...{ gradients, computed, rounds, simTimeS, memoryMiB, largestMiB },
    ...countsOf(readFileSync(`${runDir}/journal.jsonl`, 'utf8')),
  }),
);

function others(): readonly { pid: number; role: string }[] {
  return run.processes!;
}

function weighAll(): void {
  const before = ownCpuS();
  const processes = [{ pid: process.pid, role: 'coordinator' }, ...others()];
  const sizes = processes.map(({ pid, role }) => ({ role, size: sizeMiB(pid) }));
  memoryMiB = Math.max(memoryMiB, sum(sizes.map(({ size }) => size)));
  for (const { role, size } of sizes) largestMiB[role] = Math.max(largestMiB[role] ?? 0, size);
  // The time of the weighing is not the run's.
  const tookS = ownCpuS() - before;
  begin.cpuS += tookS;
  begin.ownCpuS += tookS;
}

/** Its share of the memory, pages that several processes have divided among them; 0 if it is gone. */
function sizeMiB(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+)/m.exec(rollup)![1]) / 1024;
  } catch {
    return 0;
  }
}

function ownCpuS(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Of those that run: user and system time, the 14th and the 15th field, in hundredths. */
function cpuOfOthers(): number[] {
  return others().map(({ pid }) => ticksOf(`/proc/${pid}/stat`, 11));
}

/** Of children that have ended: the 16th and the 17th. */
function cpuOfEndedS(): number {
  return ticksOf('/proc/self/stat', 13);
}

function ticksOf(file: string, first: number): number {
  const fields = readFileSync(file, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[first]) + Number(fields[first + 1])) / 100;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** How many workers took part, and what the journal does not account for. */
function countsOf(journal: string): { workers: number; violations: number } {
  const tally = new RunTally();
  const workers = new Set<string>();
  for (const text of journal.trimEnd().split('\n')) {
    const line = JSON.parse(text);
    tally.add(line);
    if (line.type === 'gradient-started') workers.add(line.worker);
  }
  return { workers: workers.size, violations: tally.record().violations.length };
}
