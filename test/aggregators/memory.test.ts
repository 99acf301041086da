import { expect, test } from 'vitest';
import { aggregators } from '#aggregators/index.js';
import { preAggregators } from '#pre-aggregators/index.js';
import { bindKernels } from '#src/kernels/kernels.js';
import { createKernelMemory, takePages } from '#src/kernels/memory.js';
import { placeNewVectorsInArena } from '#src/kernels/placement.js';
import { parseOptions } from '#src/rules/running/load.js';
import { openStream } from '#src/simulation/random.js';

const N = 100;
const F = 5;
/** A tenth of a model of 431 080 parameters, so that what a rule takes in whole megabytes shows most. */
const D = 43_108;

/** Bytes that one call took, over those of its hundred vectors, which lie as in a pool's thread. */
function copiesTaken(call: (vectors: Float32Array[]) => unknown): number {
  const memory = createKernelMemory();
  bindKernels(memory);
  const { offset } = takePages(memory, N * D * 4);
  const random = openStream(1, 'memory');
  const vectors = Array.from({ length: N }, (_, index) => {
    const vector = new Float32Array(memory.buffer, offset + index * D * 4, D);
    for (let i = 0; i < D; i += 1) vector[i] = random.float();
    return vector;
  });
  const bytes = () => memory.buffer.byteLength + process.memoryUsage().arrayBuffers;
  const before = bytes();
  call(vectors);
  return (bytes() - before) / (N * D * 4);
}

placeNewVectorsInArena();

const random = openStream(1, 'rule');
const context = { f: F, random, state: null };

// smea looks at every subset, which no one waits for with a hundred vectors.
test.each(
  aggregators.filter(({ name }) => name !== 'smea').map((rule) => [rule.name, rule] as const),
)('%s aggregates a hundred vectors without a second copy of them', (_, rule) => {
  const options = parseOptions(rule, {});
  const copies = copiesTaken((vectors) =>
    rule.aggregate(vectors, { ...context, reference: vectors[0]! }, options),
  );
  expect(copies).toBeLessThan(0.5);
});

test.each(preAggregators.map((rule) => [rule.name, rule] as const))(
  '%s takes no more than what it puts out',
  (_, rule) => {
    let outputs = 0;
    const copies = copiesTaken((vectors) => {
      outputs = rule.apply(vectors, context, parseOptions(rule, {})).vectors.length;
    });
    expect(copies).toBeLessThan(outputs / N + 0.2);
  },
);
