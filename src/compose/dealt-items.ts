import type { Config } from '../config/config-schema.ts';
import { dataOwners } from '../config/data-owners.ts';
import { scenarioOf } from '../config/scenario.ts';
import { workerNames, workersOf } from '../config/workers.ts';
import type { Dataset } from '../learning/dataset.ts';
import { loadDataset } from '../learning/datasets/load.ts';
import { partitionOf } from '../learning/partitions/index.ts';
import { Sampler } from '../learning/sampling/sampler.ts';
import type { SamplingSettings } from '../learning/sampling/sampling-settings.ts';
import { openStream } from '../simulation/random.ts';
import { SHARED_OWNER } from '../worlds/data-owner.ts';
import { samplingOf } from './sampling.ts';

/** Duration of the collection shown for workers that stay: an hour. */
const HOUR_US = 3_600_000_000;

/** Train items that each owner of a run gets, or each worker collects. */
interface DealtItems {
  /** Null where targets are numbers. */
  classes: number | null;
  itemsByOwner: OwnedItems[];
  /** Of samples that workers collect; null where owners have items beforehand. */
  collected: { regions: OwnedItems[]; seconds: number } | null;
}

interface OwnedItems {
  owner: string;
  items: number;
  labels: number[] | null;
}

/** Deals the data as the run of the config does, or collects it for one pass of the trace. Throws InputError. */
export async function dealtItems(config: Config): Promise<DealtItems> {
  const [scenario, dataset] = await Promise.all([
    scenarioOf(config),
    loadDataset(config.data.dataset, '.'),
  ]);
  const { classes, splits } = dataset;
  const { kind, ids } = dataOwners(config, workerNames(scenario.trace, workersOf(config)));
  const owners = kind === 'shared' ? [SHARED_OWNER] : ids;
  const deal = partitionOf(config.data.partition);
  const itemsByOwner = deal(splits.train, owners, openStream(config.seed, 'partition'));
  const sampling = samplingOf(config, scenario, dataset, itemsByOwner);
  if (sampling !== null) return { classes, ...collectedIn(sampling) };
  return {
    classes,
    itemsByOwner: [...itemsByOwner].map(([owner, items]) => countOf(owner, items, dataset)),
    collected: null,
  };
}

function countOf(owner: string, items: Uint32Array, { classes, splits }: Dataset): OwnedItems {
  if (classes === null) return { owner, items: items.length, labels: null };
  const labels = new Array<number>(classes).fill(0);
  for (const item of items) labels[splits.train.targets[item]!]! += 1;
  return { owner, items: items.length, labels };
}

/** By worker and by region. */
function collectedIn(sampling: SamplingSettings): Pick<DealtItems, 'itemsByOwner' | 'collected'> {
  const { classes, repeatUs } = sampling;
  const ends = [...sampling.stays.values()].flatMap((stays) => stays.map(({ toUs }) => toUs));
  const lastUs = repeatUs ?? ends.reduce((last, toUs) => Math.max(last, toUs), 0);
  const endUs = Number.isFinite(lastUs) ? lastUs : HOUR_US;
  const sampler = new Sampler({ ...sampling, repeatUs: null });
  const empty = () => new Array<number>(classes ?? 1).fill(0);
  const ofRegions = new Map(sampling.regions.map(({ id }) => [id, empty()]));
  const itemsByOwner = sampler.finish(endUs).map((worker) => {
    const own = empty();
    for (const [region, labels] of Object.entries(sampler.report(worker)?.regions ?? {})) {
      for (const [label, count] of labels.entries()) {
        own[label]! += count;
        ofRegions.get(region)![label]! += count;
      }
    }
    return ownedOf(worker, own, classes);
  });
  const regions = [...ofRegions].map(([id, labels]) => ownedOf(id, labels, classes));
  return { itemsByOwner, collected: { regions, seconds: endUs / 1e6 } };
}

function ownedOf(owner: string, counts: number[], classes: number | null): OwnedItems {
  const items = counts.reduce((sum, count) => sum + count, 0);
  return { owner, items, labels: classes === null ? null : counts };
}
