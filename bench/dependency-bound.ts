import { performance } from 'node:perf_hooks';
import { runTask } from '../src/worlds/computing/run-task.ts';
import type { Task, ThreadSetup } from '../src/worlds/computing/task.ts';
import { openTaskRunner } from '../src/worlds/computing/task-runner.ts';
import { VectorMemory } from '../src/worlds/computing/vector-memory.ts';
import { median } from './figure.ts';

const WARM_UPS = 20;
const REPEATS = 60;

/** How a synchronous round is made up. */
export interface RoundShape {
  edges: number;
  gradientsPerEdge: number;
}

/** Times of each of its tasks. */
interface TaskTimes {
  gradientMs: number;
  edgeMs: number;
  cloudMs: number;
  updateMs: number;
}

/**
 * Milliseconds that a synchronous round takes at least on that many threads: an edge server's aggregate
 * waits for its gradients, the cloud's for those of all edge servers, the update for that, and the next
 * round for the update; between tasks lies nothing. Aggregates go first, as in a run.
 */
export function roundBoundMs(
  { edges, gradientsPerEdge }: RoundShape,
  { gradientMs, edgeMs, cloudMs, updateMs }: TaskTimes,
  threads: number,
): number {
  const free: number[] = new Array(threads).fill(0);
  const aggregatesReadyMs: number[] = [];
  let gradients = edges * gradientsPerEdge;
  let collected = 0;
  let lastOfEdgeMs = 0;
  let endMs = 0;
  while (gradients > 0 || aggregatesReadyMs.length > 0) {
    const thread = free.indexOf(Math.min(...free));
    const nowMs = free[thread]!;
    const [readyMs] = aggregatesReadyMs;
    if (readyMs !== undefined && (readyMs <= nowMs || gradients === 0)) {
      aggregatesReadyMs.shift();
      free[thread] = Math.max(nowMs, readyMs) + edgeMs;
      endMs = Math.max(endMs, free[thread]!);
      continue;
    }
    gradients -= 1;
    collected += 1;
    free[thread] = nowMs + gradientMs;
    lastOfEdgeMs = Math.max(lastOfEdgeMs, free[thread]!);
    if (collected % gradientsPerEdge === 0) {
      aggregatesReadyMs.push(lastOfEdgeMs);
      lastOfEdgeMs = 0;
    }
  }
  return endMs + cloudMs + updateMs;
}

/** Milliseconds of the tasks of a round other than gradients, alone in this thread: medians. */
export async function serverTimes(
  setup: ThreadSetup,
  { edges, gradientsPerEdge }: RoundShape,
): Promise<Omit<TaskTimes, 'gradientMs'>> {
  const runner = await openTaskRunner(setup);
  const vectors = new VectorMemory(setup.memory, runner.engine.dimension);
  const place = () => {
    const address = vectors.allocate();
    vectors.at(address).fill(1e-3);
    return address;
  };
  const out = place();
  const theta = place();
  const aggregateOf = (layer: string, count: number): Task => ({
    ...{ kind: 'aggregate', server: '', layer, aggregation: 0, reference: null, state: null, out },
    contributions: Array.from({ length: count }, (_, sender) => ({
      ...{ vector: place(), sender, byzantine: false, staleness: 0, finite: true },
    })),
  });
  const time = (task: Task) => {
    const times: number[] = [];
    for (let pass = -WARM_UPS; pass < REPEATS; pass += 1) {
      const startMs = performance.now();
      runTask(runner, task);
      if (pass >= 0) times.push(performance.now() - startMs);
      runner.kernels.arena.reset();
    }
    return median(times);
  };
  const step = { theta, aggregate: place(), scale: 1, optimiserState: null, learningRate: 0.001 };
  return {
    edgeMs: time(aggregateOf('edge', gradientsPerEdge)),
    cloudMs: time(aggregateOf('cloud', edges)),
    updateMs: time({ kind: 'update', ...step, out }),
  };
}
