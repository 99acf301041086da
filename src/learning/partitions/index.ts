import type { Partition } from '../partition.ts';
import { dirichlet } from './dirichlet.ts';
import type { DirichletOptions } from './dirichlet-draw.ts';
import { dirichletQuantity } from './dirichlet-quantity.ts';
import { disjointByLabel } from './disjoint-by-label.ts';
import { gammaSimilarity } from './gamma-similarity.ts';
import { iid } from './iid.ts';
import { shards } from './shards.ts';
import { type LabelTable, table } from './table.ts';

/** A partition as a config names it: with its options, if it has any. */
type PartitionChoice =
  | 'iid'
  | 'disjoint-by-label'
  | ({ name: 'dirichlet' } & DirichletOptions)
  | ({ name: 'dirichlet-quantity' } & DirichletOptions)
  | { name: 'gamma-similarity'; gamma: number }
  | { name: 'shards'; perOwner: number }
  | { name: 'table'; weights: LabelTable };

export function partitionOf(choice: PartitionChoice): Partition {
  if (choice === 'iid') return iid;
  if (choice === 'disjoint-by-label') return disjointByLabel;
  switch (choice.name) {
    case 'dirichlet':
      return dirichlet(choice);
    case 'dirichlet-quantity':
      return dirichletQuantity(choice);
    case 'gamma-similarity':
      return gammaSimilarity(choice);
    case 'shards':
      return shards(choice);
    case 'table':
      return table(choice);
  }
}
