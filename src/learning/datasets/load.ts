import { resolve } from 'node:path';
import type { Dataset } from '../dataset.ts';
import type { DatasetSpec } from './dataset-spec.ts';
import { loadFashionMnist } from './fashion-mnist.ts';
import { loadIdx } from './idx.ts';
import { keptOrLoaded } from './kept-datasets.ts';
import { loadMnist } from './mnist.ts';
import { makeSynthetic } from './synthetic.ts';

/**
 * Loads a dataset into plain memory. Relative paths count from `baseFolder`.
 * Throws InputError when its files are missing or damaged.
 */
export function loadDataset(spec: DatasetSpec, baseFolder: string): Promise<Dataset> {
  return keptOrLoaded(spec, baseFolder, () => load(spec, baseFolder));
}

async function load(spec: DatasetSpec, baseFolder: string): Promise<Dataset> {
  switch (spec.name) {
    case 'mnist':
      return loadMnist(spec);
    case 'fashion-mnist':
      return loadFashionMnist({ ...spec, folder: resolve(baseFolder, spec.folder) });
    case 'idx':
      return loadIdx('idx', resolve(baseFolder, spec.folder), spec.classes ?? 10);
    case 'synthetic':
      return makeSynthetic(spec);
    case 'csv': {
      const { loadCsv } = await import('./csv.ts');
      return loadCsv(spec, baseFolder);
    }
    case 'module': {
      const { loadModule } = await import('../own-datasets/load.ts');
      return loadModule(spec, baseFolder);
    }
  }
}
