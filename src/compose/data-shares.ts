import type { Config } from '../config/config-schema.ts';
import { dataOwners } from '../config/data-owners.ts';
import { traceOf } from '../config/scenario.ts';
import { workerNames, workersOf } from '../config/workers.ts';
import { loadDataset } from '../learning/datasets/load.ts';
import { partitionOf } from '../learning/partitions/index.ts';
import { openStream } from '../simulation/random.ts';
import { SHARED_OWNER } from '../worlds/data-owner.ts';

/** What each owner of a run gets of the train items. */
interface DataShares {
  /** Null where targets are numbers. */
  classes: number | null;
  shares: { owner: string; items: number; labels: number[] | null }[];
}

/** Deals the data as the run of the config does. Throws InputError. */
export async function dataShares(config: Config): Promise<DataShares> {
  const [trace, { classes, splits }] = await Promise.all([
    traceOf(config),
    loadDataset(config.data.dataset, '.'),
  ]);
  const { kind, ids } = dataOwners(config, workerNames(trace, workersOf(config)));
  const owners = kind === 'shared' ? [SHARED_OWNER] : ids;
  const { targets } = splits.train;
  const deal = partitionOf(config.data.partition);
  const shares = deal(splits.train, owners, openStream(config.seed, 'partition'));
  return {
    classes,
    shares: [...shares].map(([owner, items]) => {
      const labels = classes === null ? null : new Array<number>(classes).fill(0);
      if (labels !== null) for (const item of items) labels[targets[item]!]! += 1;
      return { owner, items: items.length, labels };
    }),
  };
}
