import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { BlockSharing, newSharers } from '#src/kernels/block-sharing.js';
import { combinationWithDistances, squaredDistancesOf } from '#src/kernels/distances.js';
import type { KernelExports } from '#src/kernels/kernel-exports.js';
import { kernels } from '#src/kernels/kernels.js';
import { newVector, placeNewVectorsInArena } from '#src/kernels/placement.js';
import { medianOf, nearestMeanOf, trimmedMeanOf } from '#src/kernels/selection.js';
import { combinationOf, groupMeansOf, majoritySignOf, meanOf } from '#src/kernels/vectors.js';
import { openStream } from '#src/simulation/random.js';

/** No whole number of blocks, and enough that all the work is worth sharing. */
const [N, LENGTH] = [30, 70_037];

/**
 * A thread that is idle, and notes in `computed` when it has computed a block. Its kernels are those of the build, as
 * this thread's.
 */
const HELPER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { memory, sharers, computed, kernelsUrl, sharingUrl } = workerData;
  (async () => {
    const { bindKernels } = await import(kernelsUrl);
    const { BlockSharing } = await import(sharingUrl);
    const { run } = bindKernels(memory);
    for (const [name, kernel] of Object.entries(run)) {
      run[name] = (...values) => {
        const result = kernel(...values);
        Atomics.store(computed, 0, 1);
        Atomics.notify(computed, 0);
        return result;
      };
    }
    BlockSharing.join(sharers).becomeIdle();
    parentPort.on('message', () => {});
    parentPort.postMessage('ready');
  })();
`;

const computed = new Int32Array(new SharedArrayBuffer(4));
const sharers = newSharers();
const helper = new Worker(HELPER, {
  eval: true,
  workerData: {
    ...{ memory: kernels().memory, sharers, computed },
    kernelsUrl: import.meta.resolve('#src/kernels/kernels.js'),
    sharingUrl: import.meta.resolve('#src/kernels/block-sharing.js'),
  },
});
const isReady = once(helper, 'message');

const random = openStream(3, 'block sharing');
placeNewVectorsInArena();
const vectors = Array.from({ length: N }, () => {
  const vector = newVector(LENGTH);
  for (const at of vector.keys()) vector[at] = random.normal();
  return vector;
});
const factors = vectors.map(() => random.normal());
const groups = vectors.map((_, index) => [...vectors.keys()].filter((each) => each !== index));

const works: [string, keyof KernelExports, () => ArrayLike<number>[]][] = [
  ['mean', 'sumDivided', () => [meanOf(vectors)]],
  ['combination', 'weightedSumOf', () => [combinationOf(vectors, factors)]],
  ['majority of the signs', 'majoritySignOf', () => [majoritySignOf(vectors)]],
  ['median', 'medianOf', () => [medianOf(vectors)]],
  ['trimmed mean', 'rankMeanOf', () => [trimmedMeanOf(vectors, 7)]],
  ['mean around the median', 'nearestMeanOf', () => [nearestMeanOf(vectors, 'median', 20)]],
  ['means of groups', 'groupMeansOf', () => groupMeansOf(vectors, groups)],
  ['distances of all pairs', 'gramOf', () => squaredDistancesOf(vectors)],
  [
    'combination with distances',
    'weightedSumAndDistances',
    () => {
      const { vector, distances } = combinationWithDistances(vectors, factors, newVector(LENGTH));
      return [vector, distances];
    },
  ],
];

/** For the other thread to compute a block, however busy the machine is: else the test fails, and does not hang. */
const LONGEST_MS = 300_000;

/** Equal for equal bits alone. */
function bitsOf(values: ArrayLike<number>): string {
  return createHash('sha256').update(Float64Array.from(values)).digest('hex');
}

/** The results of this thread alone. */
const alone = new Map(works.map(([name, , compute]) => [name, compute().map(bitsOf)]));
let own: BlockSharing;

beforeAll(async () => {
  own = BlockSharing.join(sharers);
  await isReady;
});

afterAll(async () => {
  own.leave();
  await helper.terminate();
});

it.each(works)('computes the %s with an idle thread, in the same bits', async (...work) => {
  const [name, kernel, compute] = work;
  // It counts as busy for a moment after it has computed its last block.
  while (!own.hasIdle) await nextTurn();
  const run = kernels().run as unknown as Record<string, (...values: number[]) => number>;
  const original = run[kernel]!;
  Atomics.store(computed, 0, 0);
  const calls = vi.spyOn(run, kernel).mockImplementation((...values) => {
    // There are blocks left until the other thread has computed one.
    Atomics.wait(computed, 0, 0, LONGEST_MS);
    return original(...values);
  });
  expect(compute().map(bitsOf)).toEqual(alone.get(name));
  expect(calls.mock.calls.length).toBeLessThan(Math.ceil(LENGTH / 1024));
  calls.mockRestore();
});

it('computes alone where no thread is idle, and what is not worth waking one for', () => {
  const counted = vi.spyOn(kernels().run, 'medianOf');
  medianOf(vectors.map((vector) => vector.subarray(0, 5000)));
  expect(counted).toHaveBeenCalledTimes(1);
  own.leave();
  medianOf(vectors);
  expect(counted).toHaveBeenCalledTimes(2);
});
