import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deferred } from '../src/deferred.ts';
import type { Figure } from './figure.ts';
import { RunnableCores } from './runnable-cores.ts';

const RUNS = 200;
const LONGER_RUNS = 50;
/** How much longer those are. */
const FACTOR = 4;
const JOBS = 2;
const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * A study of many short runs on two cores: the share of both that is busy, and what a run takes beside itself. The
 * latter from a second study whose runs are longer: of T = o + r and T' = o + 4 r the o. The former is
 * the share of two cores for which the study has a thread to run: on a machine that does other work, too,
 * such a thread waits for its turn. There it is too high by as much as waiting for the disk grows less than
 * waiting for a core.
 */
export async function benchShortRuns(): Promise<Figure[]> {
  const short = await studyOf(RUNS, 1);
  const longer = await studyOf(LONGER_RUNS, FACTOR);
  const shortS = short.cpuS / RUNS;
  const longerS = longer.cpuS / LONGER_RUNS;
  const besideS = (FACTOR * shortS - longerS) / (FACTOR - 1);
  return [
    {
      name: `${RUNS} short runs, busy share of ${JOBS} cores`,
      value: 100 * (1 - short.freeShare),
      unit: '%',
      reference: `${short.cpuS.toFixed(0)} s of processor time in ${short.wallS.toFixed(0)} s`,
      target: 'at least 90 %',
      note: `${availableParallelism()} cores here`,
    },
    {
      name: 'short run, processor time beside the run itself',
      value: besideS,
      unit: 's',
      reference: `${shortS.toFixed(2)} s in all, ${longerS.toFixed(2)} s for one ${FACTOR} times as long`,
      target: 'at most 0.3 s',
    },
  ];
}

/** Costs of a study. */
interface Cost {
  /** Seconds of processor time, all its processes together. */
  cpuS: number;
  wallS: number;
  /** Of the cores that are its, those for which it has no thread to run, as a mean over time. */
  freeShare: number;
}

async function studyOf(runs: number, epochs: number): Promise<Cost> {
  const dir = mkdtempSync(join(tmpdir(), 'edgemlsim-bench-'));
  try {
    const program = [process.execPath, join(root, 'dist/src/cli/main.js'), 'study'];
    const study = [join(root, 'configs/quick.yaml'), `training.epochs=${epochs}`];
    const options = ['--seeds', String(runs), '--jobs', String(JOBS), '--out', join(dir, 'out')];
    const startMs = performance.now();
    // Times that a shell prints for the processes that it has waited for, and for theirs.
    const shell = ['-c', '"$@" > /dev/null 2>&1; times', 'sh'];
    const { promise, resolve, reject } = deferred<string>();
    const child = execFile('sh', [...shell, ...program, ...study, ...options], (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
    const cores = new RunnableCores(child.pid!, JOBS);
    const stdout = await promise.finally(() => cores.end());
    const wallS = (performance.now() - startMs) / 1000;
    return { cpuS: childrenS(stdout), wallS, freeShare: cores.end() };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Of `times`, whose second line is the children's: `1m2.5s 0m0.25s`, user and system. */
function childrenS(times: string): number {
  const children = times.trim().split('\n')[1] ?? '';
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds),
    0,
  );
}
