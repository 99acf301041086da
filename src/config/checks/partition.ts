import { InputError, type Problem } from '../../errors.ts';
import { loadDataset } from '../../learning/datasets/load.ts';
import { partitionOf } from '../../learning/partitions/index.ts';
import { slotNames } from '../../mobility/leases.ts';
import { openStream } from '../../simulation/random.ts';
import type { Config } from '../config-schema.ts';
import type { ConfigSource } from '../config-source.ts';
import { dataOwners } from '../data-owners.ts';
import { traceOf } from '../trace-of.ts';
import { workerNames, workersOf } from '../workers.ts';
import type { DatasetSizes } from './dataset-sizes.ts';
import { problemsFrom } from './problems-from.ts';

/** Every owner gets something: an item, or a label of its own. */
export async function checkPartition(
  config: Config,
  sizes: DatasetSizes,
  problem: ConfigSource['problem'],
): Promise<Problem[]> {
  const { partition, dataset } = config.data;
  const items = sizes.splits?.train.items ?? sizes.trainItems ?? Number.POSITIVE_INFINITY;
  if (partition === 'iid') {
    const owners = await ownersOf(config);
    if (owners === null || owners.ids.length <= items) return [];
    const found = `${items} train items of ${dataset.name} for ${owners.ids.length} ${owners.kind}: some would have none`;
    return [problem(['data', 'owners'], found, [`expected at most ${items} ${owners.kind}`])];
  }
  const path = ['data', 'partition'];
  const name = typeof partition === 'string' ? partition : partition.name;
  if (sizes.classes === null && name !== 'dirichlet-quantity') {
    const found = `${name} needs classes, the targets of dataset ${dataset.name} are numbers`;
    return [problem(path, found, ['expected iid or dirichlet-quantity'])];
  }
  if (config.data.owners === 'shared') {
    const found = `${name} has no effect: with owners shared all data is one pool`;
    return [problem(path, found, ['expected iid, or owners: regions or workers'])];
  }
  const owners = await ownersOf(config);
  if (owners === null || owners.ids.length === 0) return [];
  return partition === 'disjoint-by-label'
    ? labelsForAll(config, { ...sizes, items }, owners, problem)
    : deal(config, sizes, owners.ids, problem);
}

function labelsForAll(
  { data }: Config,
  { splits, classes, items }: DatasetSizes & { items: number },
  { kind, ids }: ReturnType<typeof dataOwners>,
  problem: ConfigSource['problem'],
): Problem[] {
  // Only labels that occur are dealt.
  const targets = splits?.train.targets;
  const labels = targets === undefined ? Math.min(classes!, items) : new Set(targets).size;
  if (ids.length <= labels) return [];
  const found = `${ids.length} ${kind} cannot each have labels of their own: ${data.dataset.name} has ${labels}`;
  return [problem(['data', 'partition'], found, ['expected iid, or fewer owners'])];
}

/** Deals as the run will: what random numbers make of a partition is not known before. */
async function deal(
  { data, seed }: Config,
  { splits }: DatasetSizes,
  owners: readonly string[],
  problem: ConfigSource['problem'],
): Promise<Problem[]> {
  const { train } = splits ?? (await loadDataset(data.dataset, '.')).splits;
  try {
    partitionOf(data.partition)(train, owners, openStream(seed, 'partition'));
    return [];
  } catch (error) {
    return problemsFrom(error, ['data', 'partition'], problem);
  }
}

/** Null for none, or for workers of a trace that cannot be read. */
async function ownersOf(config: Config): Promise<ReturnType<typeof dataOwners> | null> {
  const none = dataOwners(config, []);
  if (none.kind === 'shared') return null;
  if (none.kind === 'regions') return none;
  const workers = workersOf(config);
  if (workers.mode === 'leased') return { kind: 'workers', ids: slotNames(workers.slots) };
  try {
    return { kind: 'workers', ids: workerNames(await traceOf(config), workers) };
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}
