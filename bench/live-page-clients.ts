import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { withoutCertificates } from '../src/processes/process-environment.ts';
import { type Figure, median } from './figure.ts';

const CLIENTS = 10;
const PAIRS = 3;
const LOOK_EVERY_MS = 20;
/** Of a run: the start of the page's process, more than a second of a core, counts for little then. */
const ROUNDS = 240;
/** Clock ticks a second, as Linux counts the time of processes. */
const TICKS = 100;
const MAIN = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const FOLLOWERS = fileURLToPath(new URL('live-page-followers.js', import.meta.url));
const CONFIG = fileURLToPath(new URL('../../configs/boston-common.yaml', import.meta.url));

/** What a run took. */
interface Taken {
  gradientsPerS: number;
  /** Processor time of the run's own process; null where that is not to be had. */
  cpuS: number | null;
  /** Of the process that serves the page. */
  pageCpuS: number;
  wallS: number;
  /** Lines that all clients got. */
  lines: number;
}

/**
 * A run that ten clients follow as pages do, against the run alone, in turns. One compute thread, since
 * the page's server and these clients need a core, too.
 */
export async function benchLivePageClients(): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), 'edgemlsim-bench-'));
  try {
    const [watched, alone]: [Taken[], Taken[]] = [[], []];
    for (let pair = 0; pair < PAIRS; pair++) {
      watched.push(await run(join(dir, `watched-${pair}`), true));
      alone.push(await run(join(dir, `alone-${pair}`), false));
    }
    const speed = (of: Taken[]) => median(of.map(({ gradientsPerS }) => gradientsPerS));
    const cpuS = (of: Taken[]) => median(of.map((each) => each.cpuS ?? Number.NaN));
    const ratios = watched.map((each, pair) => each.gradientsPerS / alone[pair]!.gradientsPerS);
    const figures: Figure[] = [
      {
        name: `run --serve with ${CLIENTS} clients, gradients per second`,
        ...{ value: speed(watched), unit: 'gradients/s', target: 'at least 0.97 of it' },
        reference: `the run without, ${speed(alone).toFixed(0)} gradients/s`,
        ratio: median(ratios),
        note: `pairs: ${ratios.map((each) => each.toFixed(3)).join(', ')}; ${median(watched.map(({ lines }) => lines))} lines to clients`,
      },
    ];
    if (Number.isNaN(cpuS(watched))) return figures;
    return [
      ...figures,
      {
        name: `run --serve with ${CLIENTS} clients, processor time of the run's process`,
        ...{ value: cpuS(watched), unit: 's', target: 'at most 1.03 of it' },
        reference: `the run without, ${cpuS(alone).toFixed(2)} s`,
        ratio: cpuS(watched) / cpuS(alone),
      },
      {
        name: `run --serve with ${CLIENTS} clients, cores that the page's server takes`,
        ...{ value: median(watched.map((each) => each.pageCpuS / each.wallS)), unit: 'cores' },
        note: 'where no core is free for it, the run waits for it that long',
      },
    ];
  } finally {
    rmSync(dir, { recursive: true });
  }
}

async function run(folder: string, isWatched: boolean): Promise<Taken> {
  const changes = ['diagnostics=full', `training.maximumRounds=${ROUNDS}`];
  const more = ['--threads', '1', ...(isWatched ? ['--serve'] : [])];
  const child = spawn(
    process.execPath,
    [MAIN, 'run', CONFIG, ...changes, '--out', folder, ...more],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: withoutCertificates(process.env),
    },
  );
  child.stdout.resume();
  let clients: ChildProcess | null = null;
  createInterface(child.stderr).on('line', (line) => {
    const url = /http:\/\/\S+/.exec(line)?.[0];
    if (url === undefined || clients !== null) return;
    clients = spawn(process.execPath, [FOLLOWERS, url], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: withoutCertificates(process.env),
    });
  });
  const ended = once(child, 'exit');
  let cpuS: number | null = null;
  let pageCpuS = 0;
  while (child.exitCode === null && !isDone(folder)) {
    cpuS = cpuOf(child.pid!) ?? cpuS;
    if (isWatched) pageCpuS = cpuOfChildren(child.pid!) ?? pageCpuS;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  const lines = clients === null ? 0 : await linesOf(clients);
  if (isWatched) child.kill('SIGINT');
  await ended;
  const { summary } = JSON.parse(readFileSync(join(folder, 'status.json'), 'utf8'));
  if (isWatched && lines === 0) throw new Error('no client has got a line');
  const { computed, wallTimeS: wallS } = summary;
  return { gradientsPerS: computed / wallS, cpuS, pageCpuS, wallS, lines };
}

async function linesOf(clients: ChildProcess): Promise<number> {
  clients.stdin!.end();
  const [text] = await once(clients.stdout!, 'data');
  return Number(text);
}

function isDone(folder: string): boolean {
  const file = join(folder, 'status.json');
  return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).status === 'done';
}

/** Seconds of processor time of a process so far, of all its threads; null without Linux's /proc. */
function cpuOf(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return null;
  }
}

function cpuOfChildren(pid: number): number | null {
  try {
    const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return pids.reduce((sum, each) => sum + (cpuOf(Number(each)) ?? 0), 0);
  } catch {
    return null;
  }
}
