import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { makeSynthetic, type SyntheticSpec } from '#src/learning/datasets/synthetic.js';
import { rootTheta } from '#src/worlds/node-set.js';
import { plainGradient } from '../../learning/plain-network.ts';
import { InProcessWorld } from '../in-process-world.ts';
import { tinyConfig, tinyInput } from '../tiny-config.ts';

const trusting = fileURLToPath(new URL('../trust-only-itself.js', import.meta.url));
const net = {
  kind: 'mlp',
  layers: [8, 6, 3],
  activation: 'relu',
  loss: 'cross-entropy',
  initialisation: 'xavier-uniform',
} as const;

/** A round of two servers that trust only themselves, on 25 items each; batches have 10. */
function config(training: object, attack?: object) {
  const aggregate = { rule: trusting, reference: { items: 25 } };
  return tinyConfig({
    layers: {
      edge: { collect: { count: 1 }, deadlineS: 20, aggregate },
      worker: { ...tinyInput.layers.worker, ...(attack && { attack }) },
    },
    training: { maximumRounds: 1, learningRate: 0.25, combine: 'mean', ...training },
  });
}

it.each([
  ['sum', 10 / 25],
  ['mean', 1 / 25],
] as const)(
  'a server trusts its own gradient, as long as a worker makes one by %s',
  async (gradient, share) => {
    const world = await InProcessWorld.open(config({ gradient }));
    await world.run();
    const { settings, theta } = world.composition;
    const { inputs, targets } = makeSynthetic(tinyInput.data!.dataset as SyntheticSpec).splits
      .train;
    const ofServer = (server: string): Float32Array => {
      const items = [...settings.references.get(server)!];
      expect(new Set(items).size).toBe(25);
      const rows = items.map((item) =>
        Float32Array.from(inputs.subarray(8 * item, 8 * (item + 1))),
      );
      const labels = items.map((item) => targets[item]!);
      return plainGradient(net, theta, rows, labels).gradient;
    };
    const came = world.lines.filter(
      (line) => line.type === 'result-ended' && line.outcome === 'aggregated',
    );
    const gradients = came.map((line) => ofServer(line.type === 'result-ended' ? line.server : ''));
    expect(gradients.length).toBeGreaterThan(0);
    const trained = world.values.vector(rootTheta(world.world.state.cloud)!);
    for (const [i, before] of theta.entries()) {
      const mean = gradients.reduce((sum, one) => sum + one[i]!, 0) / gradients.length;
      expect(Math.abs(trained[i]! - (before - 0.25 * share * mean))).toBeLessThan(1e-5);
    }
  },
);

it('a reference that is not finite leaves the server without a result', async () => {
  // By a step of 3e38 the model leaves the float32 range.
  const world = await InProcessWorld.open(
    config({ learningRate: 3e38, maximumRounds: 3, gradient: 'sum' }),
  );
  await world.run();
  const skipped = world.lines.flatMap((line) =>
    line.type === 'aggregated' && line.layer === 'edge' ? [line.skipped] : [],
  );
  expect(skipped[0]).toBe(false);
  expect(skipped.at(-1)).toBe(true);
});

it('computes the reference again on each model, and leaves nothing behind', async () => {
  const world = await InProcessWorld.open(config({ maximumRounds: 4 }));
  await world.run();
  const norms = world.lines.flatMap((line) =>
    line.type === 'aggregated' && line.server === 'left' ? [line.norm] : [],
  );
  expect(new Set(norms).size).toBe(norms.length);
  // As many values are left as where no server has a reference gradient.
  const plain = await InProcessWorld.open(
    tinyConfig({
      layers: { ...tinyInput.layers, edge: { collect: { count: 1 }, deadlineS: 20 } },
      training: { maximumRounds: 4, learningRate: 0.25, combine: 'mean' },
    }),
  );
  await plain.run();
  expect(world.values.size).toBe(plain.values.size);
});
