import { resolve } from 'node:path';
import type { Dataset } from '../dataset.ts';
import type { ModuleSpec } from '../own-datasets/load.ts';
import type { CsvSpec } from './csv.ts';
import { type FashionMnistSpec, loadFashionMnist } from './fashion-mnist.ts';
import { type IdxSpec, loadIdx } from './idx.ts';
import { loadMnist, type MnistSpec } from './mnist.ts';
import { makeSynthetic, type SyntheticSpec } from './synthetic.ts';

/** Which dataset a run learns from. Plain data, as the config gives it. */
type DatasetSpec = MnistSpec | FashionMnistSpec | IdxSpec | SyntheticSpec | CsvSpec | ModuleSpec;

/**
 * Loads a dataset into plain memory. Relative paths count from `baseFolder`.
 * Throws InputError when its files are missing or damaged.
 */
export async function loadDataset(spec: DatasetSpec, baseFolder: string): Promise<Dataset> {
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
