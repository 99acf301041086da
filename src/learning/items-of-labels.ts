import type { Dataset } from './dataset.ts';

/** The train items of each label, ascending; all in one list where targets are numbers. */
export function itemsOfLabels({ classes, splits }: Dataset): Uint32Array[] {
  const { items, targets } = splits.train;
  if (classes === null) return [Uint32Array.from({ length: items }, (_, item) => item)];
  const byLabel: number[][] = Array.from({ length: classes }, () => []);
  for (let item = 0; item < items; item += 1) byLabel[targets[item]!]!.push(item);
  return byLabel.map((each) => Uint32Array.from(each));
}
