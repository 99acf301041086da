// Hierarchical FedAvg as a bare loop of the engine: steps, means and nothing else. Prints the
// seconds of all windows, of user CPU and by the clock. A process of its own, as the run that it is compared with.

import { kernels } from '../src/kernels/kernels.ts';
import { placeNewVectorsInArena } from '../src/kernels/placement.ts';
import { nextBatch, openBatchStream } from '../src/learning/batch-stream.ts';
import { loadMnist } from '../src/learning/datasets/mnist.ts';
import { initialiseParameters } from '../src/learning/initialise.ts';
import { placeDataset } from '../src/learning/placed-dataset.ts';
import { createReferenceEngine } from '../src/learning/reference-engine.ts';
import { openStream, streamState } from '../src/simulation/random.ts';
import { BATCH, EDGE_MERGES, EDGES, LEAVES, MODEL, RATE, STEPS } from './hierarchy-case.ts';

/** Merges of an edge in all. */
const windows = Number(process.argv[2]);
placeNewVectorsInArena();
const data = placeDataset(kernels(), await loadMnist());
const engine = createReferenceEngine(kernels(), MODEL, data);
const { arena, run } = kernels();
const { dimension: d } = engine;
const vector = () => arena.vector(d);
const items = Uint32Array.from({ length: data.splits.train.items }, (_, item) => item);
const streams = Array.from({ length: LEAVES }, (_, leaf) =>
  openBatchStream(items, streamState(1, `bench/leaf-${leaf}`)),
);
const cloud = vector();
cloud.set(initialiseParameters(MODEL, openStream(1, 'bench/parameters')));
const edges = Array.from({ length: EDGES }, vector);
const [own, gradient, sum] = [vector(), vector(), vector()];
const mark = arena.mark();
for (const edge of edges) edge.set(cloud);

/** theta <- theta + scale * x */
const add = (theta: Float32Array, x: Float32Array, scale: number) =>
  run.addScaled(theta.byteOffset, theta.byteOffset, x.byteOffset, scale, d);

const startMs = performance.now();
const start = process.cpuUsage();
for (let window = 1; window <= windows; window += 1) {
  for (const [index, edge] of edges.entries()) {
    sum.fill(0);
    for (let leaf = index; leaf < LEAVES; leaf += EDGES) {
      own.set(edge);
      for (let step = 0; step < STEPS; step += 1) {
        engine.gradient(own, nextBatch(streams[leaf]!, BATCH).items, gradient);
        add(own, gradient, -RATE);
        arena.release(mark);
      }
      add(sum, own, 1);
    }
    edge.fill(0);
    add(edge, sum, EDGES / LEAVES);
  }
  if (window % EDGE_MERGES > 0) continue;
  cloud.fill(0);
  for (const edge of edges) add(cloud, edge, 1 / EDGES);
  for (const edge of edges) edge.set(cloud);
}
const userS = process.cpuUsage(start).user / 1e6;
const wallS = (performance.now() - startMs) / 1000;
process.stdout.write(JSON.stringify({ userS, wallS }));
