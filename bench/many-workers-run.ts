// Runs one configuration and prints what it took: a process of its own, for its memory.

import { readFileSync } from 'node:fs';
import { loadConfig } from '../src/config/load-config.ts';
import { VirtualRun } from '../src/run/virtual-run.ts';

const [configFile, runDir, threads] = process.argv.slice(2) as [string, string, string?];
const { config } = await loadConfig(configFile);
const run = await VirtualRun.create({ config, runDir, threads: Number(threads ?? 2) });
const startMs = performance.now();
const startCpu = process.cpuUsage();
const { gradients, computed, rounds } = await run.toEnd();
const wallS = (performance.now() - startMs) / 1000;
const { user, system } = process.cpuUsage(startCpu);
const cpuS = (user + system) / 1e6;
const userS = user / 1e6;
const events = readFileSync(`${runDir}/journal.jsonl`, 'latin1').split('\n{"n":').length;
const memoryMiB = process.resourceUsage().maxRSS / 1024;
process.stdout.write(
  JSON.stringify({ wallS, cpuS, userS, gradients, computed, rounds, events, memoryMiB }),
);
