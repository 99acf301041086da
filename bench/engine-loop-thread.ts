// One thread of the bare engine loop: batches and gradients, and nothing else.
import { parentPort, workerData } from 'node:worker_threads';
import { bindKernels } from '../src/kernels/kernels.ts';
import { nextBatch, openBatchStream } from '../src/learning/batch-stream.ts';
import type { ModelSpec } from '../src/learning/engine.ts';
import { initialiseParameters } from '../src/learning/initialise.ts';
import { createReferenceEngine } from '../src/learning/reference-engine.ts';
import { openStream, streamState } from '../src/simulation/random.ts';
import type { ThreadSetup } from '../src/worlds/computing/task.ts';

const { setup, batchSize } = workerData as { setup: ThreadSetup; batchSize: number };
const kernels = bindKernels(setup.memory);
const model = setup.model as ModelSpec;
const engine = createReferenceEngine(kernels, model, setup.data);
const theta = kernels.arena.vector(engine.dimension);
const out = kernels.arena.vector(engine.dimension);
theta.set(initialiseParameters(model, openStream(1, 'initialise')));
const items = Uint32Array.from({ length: setup.data.splits.train.items }, (_, item) => item);
const stream = openBatchStream(items, streamState(1, 'bench/engine-loop'));

parentPort!.on('message', (gradients: number) => {
  for (let count = 0; count < gradients; count += 1) {
    engine.gradient(theta, nextBatch(stream, batchSize).items, out);
  }
  parentPort!.postMessage('done');
});
