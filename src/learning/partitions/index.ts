import type { Partition } from '../partition.ts';
import { disjointByLabel } from './disjoint-by-label.ts';
import { iid } from './iid.ts';

/** Every partition by its name in a config. One that takes options will be made from them here. */
export const partitions = {
  iid,
  'disjoint-by-label': disjointByLabel,
} satisfies Record<string, Partition>;
