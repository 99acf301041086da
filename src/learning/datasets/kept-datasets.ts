import { readdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Dataset } from '../dataset.ts';
import type { DatasetSpec } from './dataset-spec.ts';
import { mnistFolder } from './mnist.ts';

/** The dataset that was loaded last; undefined in a process of one run, which needs it only at its start. */
let last: { key: string | null; dataset: Dataset | null } | undefined;

/** From now on, the dataset that was loaded last stays in memory: for a process that makes many runs. */
export function keepDatasets(): void {
  last ??= { key: null, dataset: null };
}

/** Whether the next run of this process may learn from the same dataset. */
export function isKept(dataset: Dataset): boolean {
  return last?.dataset === dataset;
}

/**
 * The dataset that `load` makes of its files; called again only where one of these has changed
 * since.
 */
export async function keptOrLoaded(
  spec: DatasetSpec,
  baseFolder: string,
  load: () => Promise<Dataset>,
): Promise<Dataset> {
  const key = last === undefined ? null : keyOf(spec, baseFolder);
  if (last === undefined || key === null) return load();
  if (last.key === key && last.dataset !== null) return last.dataset;
  const dataset = await load();
  Object.assign(last, { key, dataset });
  return dataset;
}

/** Null where it cannot be seen from outside whether the data have changed. */
function keyOf(spec: DatasetSpec, baseFolder: string): string | null {
  try {
    const state = filesOf(spec, baseFolder)?.map((file) => {
      const { size, mtimeMs, ino } = statSync(file);
      return [file, size, mtimeMs, ino];
    });
    return state === undefined ? null : JSON.stringify([spec, state]);
  } catch {
    // Loading says what is missing.
    return null;
  }
}

function filesOf(spec: DatasetSpec, baseFolder: string): string[] | undefined {
  switch (spec.name) {
    case 'mnist':
      return filesIn(mnistFolder());
    case 'fashion-mnist':
    case 'idx':
      return filesIn(resolve(baseFolder, spec.folder));
    case 'csv':
      return [spec.train, spec.test, spec.validation].flatMap((file) =>
        typeof file === 'string' ? resolve(baseFolder, file) : [],
      );
    case 'synthetic':
      return [];
    case 'module':
      return undefined;
  }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).map((name) => resolve(folder, name));
}
