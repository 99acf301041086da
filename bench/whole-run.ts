import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { compose } from '../src/compose/compose.ts';
import type { Config } from '../src/config/config-schema.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { mnistFolder } from '../src/learning/datasets/mnist.ts';
import { VirtualRun } from '../src/run/virtual-run.ts';
import { type RoundShape, roundBoundMs, serverTimes } from './dependency-bound.ts';
import { type Figure, median } from './figure.ts';
import { openblasCores } from './openblas.ts';

const PASSES = 5;
/** Of a run: its start counts for little then. */
const EPOCHS = 20;
const NUMPY_SECONDS = 4;
// The fastest kernels that OpenBLAS has for this processor, also where it does not recognise it.
const fastestOpenblasCore = openblasCores().at(-1);
const root = new URL('../../', import.meta.url);

/**
 * Gradients a second of the main job (mean, no faults, evaluation left out), against the bare
 * engine loop on the same threads, against what its dependencies allow on these, and against numpy in
 * two processes. The passes of what is compared take turns.
 */
export async function benchWholeRun(): Promise<Figure[]> {
  const config = await mainJob();
  const asynchronous = await mainJob('rounds.mode=asynchronous');
  const none: number[] = [];
  const rates = {
    run1: [...none],
    run2: [...none],
    asynchronous1: [...none],
    asynchronous2: [...none],
    bare1: [...none],
    bare2: [...none],
    bound2: [...none],
    asynchronousBound2: [...none],
    numpy: [...none],
  };
  const shape = { edges: config.servers.length, gradientsPerEdge: 10 };
  // The second core of a virtual machine may need seconds of load before it is there.
  await bareRate(config, 2);
  for (let pass = 0; pass < PASSES; pass += 1) {
    rates.run1.push(await runRate(config, 1));
    rates.bare1.push(await bareRate(config, 1));
    rates.asynchronous1.push(await runRate(asynchronous, 1));
    rates.run2.push(await runRate(config, 2));
    rates.bare2.push(await bareRate(config, 2));
    const bounds = await boundRates(config, shape, rates.bare2.at(-1)!, 2);
    rates.bound2.push(bounds.synchronous);
    rates.asynchronousBound2.push(bounds.asynchronous);
    rates.asynchronous2.push(await runRate(asynchronous, 2));
    rates.numpy.push(await numpyRate());
  }
  const ratio = (a: number[], b: number[]) => median(a.map((value, pass) => value / b[pass]!));
  const unit = 'gradients/s';
  return [
    {
      name: 'whole run, 1 thread',
      value: median(rates.run1),
      unit,
      reference: `bare engine loop ${median(rates.bare1).toFixed(0)}`,
      ratio: ratio(rates.run1, rates.bare1),
      target: 'ratio at least 0.85',
    },
    {
      name: 'whole run, 2 threads',
      value: median(rates.run2),
      unit,
      reference: `bare engine loop ${median(rates.bare2).toFixed(0)}`,
      ratio: ratio(rates.run2, rates.bare2),
      target: 'ratio at least 0.85',
    },
    ...([1, 2] as const).map((threads) => {
      const [own, bare] = [rates[`asynchronous${threads}`], rates[`bare${threads}`]];
      return {
        name: `whole asynchronous run, ${threads === 1 ? '1 thread' : '2 threads'}`,
        value: median(own),
        unit,
        reference: `bare engine loop ${median(bare).toFixed(0)}`,
        ratio: ratio(own, bare),
        target: 'ratio at least 0.8',
      };
    }),
    {
      name: 'whole run, 2 threads, against its bound',
      value: median(rates.run2),
      unit,
      reference: `what the dependencies of its tasks allow ${median(rates.bound2).toFixed(0)}`,
      ratio: ratio(rates.run2, rates.bound2),
      target: 'ratio at least 0.95',
      note: 'the bound has no thread for events and the journal: these need a core, too',
    },
    {
      name: 'whole asynchronous run, 2 threads, against its bound',
      value: median(rates.asynchronous2),
      unit,
      reference: `its tasks one after another on both threads ${median(rates.asynchronousBound2).toFixed(0)}`,
      ratio: ratio(rates.asynchronous2, rates.asynchronousBound2),
      target: 'ratio at least 0.95',
    },
    {
      name: 'whole run, 2 threads over 1',
      value: median(rates.run2),
      unit,
      reference: `1 thread ${median(rates.run1).toFixed(0)}`,
      ratio: ratio(rates.run2, rates.run1),
      target: 'ratio at least 1.65',
      note: `the bare loop itself: ${ratio(rates.bare2, rates.bare1).toFixed(2)}`,
    },
    {
      name: 'whole run, 2 threads, against numpy',
      value: median(rates.run2),
      unit,
      reference: `numpy in 2 processes ${median(rates.numpy).toFixed(0)}`,
      ratio: ratio(rates.run2, rates.numpy),
      target: 'ratio at least 0.5',
    },
  ];
}

/** Mean, no faults, evaluation left out. */
export async function mainJob(...overrides: string[]): Promise<Config> {
  const file = fileURLToPath(new URL('configs/boston-common.yaml', root));
  const all = [
    'evaluation.everyGradients=1000000',
    'layers.edge.aggregate={rule: mean}',
    'layers.worker={}',
    `training.epochs=${EPOCHS}`,
    ...overrides,
  ];
  return (await loadConfig(file, { overrides: all })).config;
}

/** Gradients a second between the journal's `started` and `finished`. */
export async function runRate(config: Config, threads: number): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'edgemlsim-bench-'));
  try {
    const runDir = join(dir, 'run');
    const run = await VirtualRun.create({ config, runDir, threads });
    const { computed } = await run.toEnd();
    const journal = readFileSync(join(runDir, 'journal.jsonl'), 'utf8');
    const wallTimeS = (type: string) =>
      Number(new RegExp(`"wallTimeS":([0-9.e-]+),"type":"${type}"`).exec(journal)![1]);
    return computed / (wallTimeS('finished') - wallTimeS('started'));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

async function bareRate(config: Config, threads: number): Promise<number> {
  const { threads: setup, settings } = await compose(config);
  const { batchSize } = settings;
  const url = new URL('./engine-loop-thread.js', import.meta.url);
  const workers = Array.from(
    { length: threads },
    () => new Worker(url, { workerData: { setup, batchSize } }),
  );
  const runAll = async (gradients: number) => {
    const done = workers.map((worker) => once(worker, 'message'));
    for (const worker of workers) worker.postMessage(gradients / threads);
    await Promise.all(done);
  };
  await runAll(1000);
  const startMs = performance.now();
  await runAll(6000);
  const seconds = (performance.now() - startMs) / 1000;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return 6000 / seconds;
}

/** Gradients a second that the tasks of a run allow, when gradients alone come at `bareRate`. */
async function boundRates(
  config: Config,
  shape: RoundShape,
  bareRate: number,
  threads: number,
): Promise<{ synchronous: number; asynchronous: number }> {
  const { threads: setup } = await compose(config);
  const times = await serverTimes(setup, shape);
  const gradientMs = (1000 * threads) / bareRate;
  const { edges, gradientsPerEdge } = shape;
  const roundMs = roundBoundMs(shape, { gradientMs, ...times }, threads);
  const workMs = gradientMs + times.edgeMs / gradientsPerEdge;
  return {
    synchronous: (1000 * edges * gradientsPerEdge) / roundMs,
    asynchronous: (1000 * threads) / workMs,
  };
}

async function numpyRate(): Promise<number> {
  const folder = mnistFolder();
  const script = fileURLToPath(new URL('bench/numpy-loop.py', root));
  const files = ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'].map((name) =>
    join(folder, name),
  );
  const env = {
    ...process.env,
    OPENBLAS_NUM_THREADS: '1',
    OPENBLAS_CORETYPE: fastestOpenblasCore,
  };
  const outputs = await Promise.all(
    [1, 2].map((seed) =>
      promisify(execFile)(
        '/usr/bin/python3',
        [script, ...files, String(NUMPY_SECONDS), String(seed)],
        { env },
      ),
    ),
  );
  return outputs.reduce((sum, { stdout }) => sum + Number(stdout), 0);
}
