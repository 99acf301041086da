import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { RunError } from '#src/errors.js';
import { createKernelMemory } from '#src/kernels/memory.js';
import { builtInReference } from '#src/rules/running/load.js';
import { OwnThreadPool } from '#src/worlds/computing/own-thread-pool.js';
import type { Task, TaskResult, ThreadSetup } from '#src/worlds/computing/task.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';
import { contributionsOf } from '../../rules/arrivals.ts';

const memory = createKernelMemory();
const vectors = new VectorMemory(memory, 2);

const setup = {
  memory,
  engine: null,
  dimension: 2,
  seed: 1,
  split: 'test',
  optimiser: { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
  triggers: {},
  intakes: {
    edge: {
      ...{ f: 0, preAggregators: [], fallback: null, ranges: null, attack: null },
      ...{ tooFew: 'skip', diagnostics: 'cheap' },
      aggregator: builtInReference('aggregators', 'mean', {}),
      stalenessWeight: builtInReference('aggregators/staleness-weights', 'constant', {}),
    },
  },
  training: { momentum: null, clipNorm: null, weightDecay: 0 },
  poison: null,
} as unknown as ThreadSetup;

function meanOf(...inputs: number[][]): Task & { kind: 'aggregate' } {
  const each = <Value>(value: Value) => inputs.map(() => value);
  return {
    ...{ kind: 'aggregate', server: 'a', layer: 'edge', aggregation: 0 },
    contributions: contributionsOf({
      vectors: inputs.map((elements) => {
        const address = vectors.allocate();
        vectors.at(address).set(elements);
        return address;
      }),
      ...{ byzantine: each(false), finite: each(true), staleness: each(0) },
      senders: [...inputs.keys()],
    }),
    ...{ reference: null, state: null, out: vectors.allocate() },
  };
}

it('runs one task in a turn of the event loop, in order', async () => {
  const pool = await OwnThreadPool.start(setup);
  const [first, second] = [meanOf([1, 2], [5, 6]), meanOf([7, 8])];
  const done: TaskResult[] = [];
  pool.run(first, (result) => done.push(result));
  expect(pool.hasRoom).toBe(false);
  pool.run(second, (result) => done.push(result));
  expect(done).toEqual([]);
  await pool.nextCompletion();
  expect(done).toEqual([expect.objectContaining({ kind: 'aggregate', present: true })]);
  expect([...vectors.at(first.out)]).toEqual([3, 4]);
  await pool.nextCompletion();
  expect(done).toHaveLength(2);
  expect([...vectors.at(second.out)]).toEqual([7, 8]);
  expect(pool.hasRoom).toBe(true);
});

it('says that a task failed, and runs no more', async () => {
  const pool = await OwnThreadPool.start(setup);
  const done: TaskResult[] = [];
  const failed = pool.nextCompletion();
  pool.run({ ...meanOf([1, 2]), layer: 'no such layer' }, (result) => done.push(result));
  pool.run(meanOf([1, 2]), (result) => done.push(result));
  await expect(failed).rejects.toThrow(RunError);
  await turn();
  await expect(pool.nextCompletion()).rejects.toThrow(/a computation failed/);
  expect(done).toEqual([]);
});

it('runs nothing any more once it is closed', async () => {
  const pool = await OwnThreadPool.start(setup);
  const done: TaskResult[] = [];
  pool.run(meanOf([1, 2]), (result) => done.push(result));
  await pool.close();
  await turn();
  expect(done).toEqual([]);
});
