import type { Config } from '../config/config-schema.ts';
import { loadDataset } from '../learning/datasets/load.ts';

type DatasetConfig = Config['data']['dataset'];

const hashes = new Map<string, Promise<string>>();

/**
 * SHA-256 of what a dataset holds now, for those whose files `provenance.json` does not list one by one:
 * IDX files, and whatever a user's own module reads. Null for the others, `none` where it does not load.
 */
export async function currentDataset(dataset: DatasetConfig): Promise<string | null> {
  if (dataset.name !== 'idx' && dataset.name !== 'module') return null;
  const key = JSON.stringify(dataset);
  // Loaded once: the runs of a study learn from the same data.
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const hash = loadDataset(dataset, '.').then(
    ({ sha256 }) => sha256,
    () => 'none',
  );
  hashes.set(key, hash);
  return hash;
}

/** The folder or file that a dataset is read from, as a message names it. */
export function placeOfDataset(dataset: DatasetConfig): string {
  if (dataset.name === 'idx') return dataset.folder;
  return dataset.name === 'module' ? `what ${dataset.path} loads` : `the dataset ${dataset.name}`;
}
