import { expect, it } from 'vitest';
import type { Config } from '#src/config/config-schema.js';
import type { SimulatedLine } from '#src/journal/events.js';
import { loadDataset } from '#src/learning/datasets/load.js';
import { rootTheta } from '#src/worlds/node-set.js';
import { plainGradient } from '../../learning/plain-network.ts';
import { InProcessWorld } from '../in-process-world.ts';
import { expectConserved, treeConfig } from '../tree-laws.ts';

const ETA = 0.2;
const LAYERS = [8, 6, 3];

/** Each worker's share is one batch, so that a local epoch is one step. */
function averagingConfig(tree: number[], averaging: object): Config {
  return treeConfig({
    tree,
    rounds: {
      mode: 'hierarchical',
      averaging: averaging as { localEpochs: number; rounds: number },
    },
    windows: undefined,
    sensors: undefined,
    layers: { worker: { speedMflops: 0.02 }, 'level-1': {} },
    data: {
      dataset: { name: 'synthetic', features: 8, classes: 3, trainItems: 120, testItems: 60 },
      ...{ owners: 'workers', batchSize: 120 },
    },
    training: { learningRate: ETA, gradient: 'mean' },
  });
}

/** A worker, or a server with what is below it. */
type Group = string | Group[];

/** The group of the cloud, from who sent to whom. */
function groupOf(lines: readonly SimulatedLine[], server = 'cloud'): Group {
  const below = new Set<string>();
  for (const line of lines) {
    if (line.type === 'update-sent' && line.server === server) below.add(line.node);
  }
  return below.size === 0 ? server : [...below].map((node) => groupOf(lines, node));
}

/** `kappas`: of the group itself first, of the workers last. */
function averaged(
  theta: readonly number[],
  group: Group,
  [kappa, ...kappas]: readonly number[],
  worker: {
    step: (theta: readonly number[], id: string) => number[];
    items: (id: string) => number;
  },
): readonly number[] {
  let model = theta;
  for (let time = 0; time < kappa!; time += 1) {
    if (typeof group === 'string') model = worker.step(model, group);
    else {
      const models = group.map((each) => averaged(model, each, kappas, worker));
      const sizes = group.map((each) =>
        [each].flat(9).reduce((sum, id) => sum + worker.items(id as string), 0),
      );
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const mean = (i: number) =>
        models.reduce((sum, one, k) => sum + sizes[k]! * one[i]!, 0) / total;
      model = model.map((_, i) => mean(i));
    }
  }
  return model;
}

it.each([
  ['of two levels (FedAvg)', [1, 7], { localEpochs: 3, rounds: 4 }, [4, 3]],
  ['of three levels (HierFAVG)', [1, 2, 7], { localEpochs: 2, merges: 3, rounds: 2 }, [2, 3, 2]],
  ['of four', [1, 2, 3, 7], { localEpochs: 1, merges: [2, 3], rounds: 2 }, [2, 3, 2, 1]],
])(
  'hierarchical averaging %s gives the parameters of its algorithm',
  async (_, tree, keys, kappas) => {
    const config = averagingConfig(tree, keys);
    const world = await InProcessWorld.open(config);
    const { settings, theta } = world.composition;
    const before = [...theta];
    await world.run();
    expectConserved(world);
    const { train } = (await loadDataset(config.data.dataset, '.')).splits;
    const shareOf = (id: string) => [...settings.windows!.workers.get(id)!.share!];
    const step = (at: readonly number[], id: string): number[] => {
      const items = shareOf(id);
      const inputs = items.map((item) =>
        Float32Array.from(train.inputs.subarray(item * 8, item * 8 + 8), (x) => x * train.scale),
      );
      const labels = items.map((item) => train.targets[item]!);
      const { gradient } = plainGradient(
        { kind: 'mlp', layers: LAYERS } as never,
        Float32Array.from(at),
        inputs,
        labels,
      );
      return at.map((x, i) => x - (ETA / items.length) * gradient[i]!);
    };
    const worker = { step, items: (id: string) => shareOf(id).length };
    const expected = averaged(before, groupOf(world.lines), kappas, worker);
    const found = [...world.values.vector(rootTheta(world.world.state.cloud)!)];
    const distance = Math.hypot(...found.map((x, i) => x - expected[i]!));
    const moved = Math.hypot(...found.map((x, i) => x - before[i]!));
    expect(moved).toBeGreaterThan(0.1);
    expect(distance / moved).toBeLessThan(1e-4);
    // Seven workers of 120 items: the shares differ, and with them what each counts.
    expect(new Set(settings.workers.map((id) => shareOf(id).length)).size).toBe(2);
  },
);
