import type { Dataset, Split, SplitName } from './dataset.ts';
import type { DataSizes } from './model-fit.ts';

const nothing: Split = {
  items: 0,
  inputs: new Uint8Array(0),
  scale: 1,
  targets: new Uint8Array(0),
};

/** The dataset with the items of these splits alone. */
export function onlySplits(dataset: Dataset, wanted: readonly SplitName[]): Dataset {
  const { train, validation, test } = dataset.splits;
  const splits = { train, validation, test };
  for (const name of Object.keys(splits) as SplitName[]) {
    if (!wanted.includes(name)) splits[name] = nothing;
  }
  return { ...dataset, splits };
}

/** A dataset of which only the sizes are known. */
export function withoutItems({ name, features, classes, outputs }: DataSizes): Dataset {
  const splits = { train: nothing, validation: nothing, test: nothing };
  return { name, features, classes, outputs, splits, sha256: '' };
}
