import { describe, expect, it } from 'vitest';
import { compose } from '#src/compose/compose.js';
import type { Config } from '#src/config/config-schema.js';
import { type ProcessSetup, processSetup } from '#src/processes/process-setup.js';
import { decodeManifest, encodeManifest, type RunManifest } from '#src/processes/run-manifest.js';
import { placeNodes } from '#src/worlds/live/protocol/placement.js';
import { type TinyInput, tinyConfig } from '../worlds/tiny-config.ts';

const settings: Partial<TinyInput> = {
  training: { maximumRounds: 3, learningRate: '0.1 / (1 + round)' },
  layers: {
    edge: { collect: { count: 3 }, aggregate: { rule: 'trimmed-mean', f: 1 } },
    worker: { attack: { rule: 'sign-flip', byzantine: { count: 1, scope: 'global' } } },
  },
};

/** By role: the first process's share, sent as over a connection. */
async function sharesOf(config: Config): Promise<Record<string, ProcessSetup>> {
  const manifest = JSON.stringify(encodeManifest(config, await compose(config, [])));
  const { settings } = await compose(config);
  const shares: Record<string, ProcessSetup> = {};
  for (const slot of placeNodes(settings, 2)) {
    shares[slot.role] ??= await processSetup(decodeManifest(JSON.parse(manifest)), slot);
  }
  return shares;
}

function itemsOf({ threads }: ProcessSetup): Record<string, number> {
  const { train, validation, test } = threads.data.splits;
  return { train: train.items, validation: validation.items, test: test.items };
}

describe('the share of a process of a live run', () => {
  it('has the settings of the run, as if it had read the trace', async () => {
    const config = tinyConfig({ ...settings, world: 'live' });
    const composition = await compose(config);
    const { cloud, workers } = await sharesOf(config);
    for (const share of [cloud!, workers!]) {
      const { cloud: own, itemsByOwner, ...rest } = share.settings;
      const { cloud: wanted, itemsByOwner: _, ...others } = composition.settings;
      expect(rest).toEqual(others);
      const moment = { round: 4, epoch: 0, time: 0 };
      expect(own.learningRate(moment)).toBe(0.1 / 5);
      expect({ ...own, learningRate: null }).toEqual({ ...wanted, learningRate: null });
      expect(itemsByOwner.size).toBe(0);
      expect(share.computation).toEqual(composition.computation);
    }
    expect(cloud!.theta).toEqual(composition.theta);
  });

  it('has the items and the rules that the process works with, and no others', async () => {
    const config = tinyConfig({ ...settings, world: 'live' });
    const { cloud, server, workers } = await sharesOf(config);
    const all = itemsOf({ ...cloud!, threads: (await compose(config)).threads });
    const none = { train: 0, validation: 0, test: 0 };
    const { split } = config.evaluation;
    expect(itemsOf(cloud!)).toEqual({ ...none, [split]: all[split] });
    expect(itemsOf(server!)).toEqual(none);
    expect(itemsOf(workers!)).toEqual({ ...none, train: all.train });
    const rules = (share: ProcessSetup) => Object.keys(share.threads.intakes);
    expect([cloud!, server!, workers!].map(rules)).toEqual([['cloud'], ['edge'], []]);
    expect([cloud!, server!, workers!].map(({ threads }) => threads.engine)).toEqual([
      'reference',
      null,
      'reference',
    ]);
  });

  it('gives a server that trusts a gradient of its own what that takes', async () => {
    const config = tinyConfig({
      layers: {
        edge: {
          collect: { count: 3 },
          aggregate: { rule: 'zeno-plus-plus', reference: { items: 20 } },
        },
      },
      world: 'live',
    });
    const { server, workers } = await sharesOf(config);
    expect(itemsOf(server!)).toEqual(itemsOf(workers!));
    expect(server!.threads.engine).toBe('reference');
  });

  it('is not made by another version of edgemlsim, nor of other data', async () => {
    const config = tinyConfig({ ...settings, world: 'live' });
    const manifest = encodeManifest(config, await compose(config, [])) as RunManifest;
    expect(() => decodeManifest({ ...manifest, version: '0.0.1' })).toThrow(
      /^edgemlsim .* in a process of a run of 0\.0\.1\n/,
    );
    const other = decodeManifest({ ...manifest, data: { ...manifest.data, sha256: 'another' } });
    const workers = placeNodes(other.settings, 2).find(({ role }) => role === 'workers')!;
    await expect(processSetup(other, workers)).rejects.toThrow(/is not the coordinator's\n/);
  });
});
