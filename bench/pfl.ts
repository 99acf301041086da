import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mnistFolder } from '../src/learning/datasets/mnist.ts';
import { type Figure, median } from './figure.ts';
import { openblasCores } from './openblas.ts';
import { pythonOutput } from './python-output.ts';
import { mainJob, runRate } from './whole-run.ts';

const PASSES = 3;
const PROCESSES = 2;
const SECONDS = 4;
/** A round of the main job: its three servers' collections, and its batches. */
const CLIENTS = 30;
const BATCH = 100;

interface PflRate {
  version: string;
  torch: string;
  rate: number;
}

/**
 * Gradients a second of the main job on two threads (mean, no faults, evaluation left out), against
 * federated averaging by pfl-research, which shares the clients of a round between two processes: the
 * same model, batch and clients a round, a step of SGD each. They take turns.
 */
export async function benchPfl(): Promise<Figure[]> {
  const name = 'whole run, 2 threads, against pfl-research in 2 processes';
  const config = await mainJob();
  const ours: number[] = [];
  const theirs: PflRate[] = [];
  for (let pass = 0; pass < PASSES; pass += 1) {
    const rate = await pflRate();
    ours.push(await runRate(config, PROCESSES));
    if (rate === null) {
      return [{ name, value: ours[0]!, unit: 'gradients/s', reference: 'pfl: not installed' }];
    }
    theirs.push(rate);
  }
  const { version, torch } = theirs[0]!;
  const reference = median(theirs.map(({ rate }) => rate));
  return [
    {
      name,
      value: median(ours),
      unit: 'gradients/s',
      reference: `pfl ${version} on torch ${torch}: ${reference.toFixed(0)}`,
      ratio: median(ours.map((rate, pass) => rate / theirs[pass]!.rate)),
      target: 'ratio at least 2.5',
    },
  ];
}

/** Of all processes together. Null where pfl, torch or what they need is missing. */
async function pflRate(): Promise<PflRate | null> {
  const ports = await freePorts();
  const files = ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'].map((file) =>
    join(mnistFolder(), file),
  );
  const settings = [CLIENTS, BATCH, SECONDS].map(String);
  const [first] = await Promise.all(
    ports.map((_, rank) =>
      pythonOutput('pfl-rounds.py', [...files, ...settings], {
        // Where .ci/install-pfl.sh puts it.
        PYTHONPATH: process.env.PYTHONPATH ?? fileURLToPath(new URL('../pfl', import.meta.url)),
        OPENBLAS_NUM_THREADS: '1',
        OPENBLAS_CORETYPE: openblasCores().at(-1),
        OMP_NUM_THREADS: '1',
        PFL_WORKER_ADDRESSES: ports.map((port) => `localhost:${port}`).join(','),
        PFL_WORKER_RANK: String(rank),
      }),
    ),
  );
  return first == null ? null : JSON.parse(first);
}

/** Each process of pfl has an address; only that of the first is listened at. */
async function freePorts(): Promise<number[]> {
  const servers = Array.from({ length: PROCESSES }, () => createServer().listen(0, 'localhost'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
