import type { Column } from '../format/columns.ts';

/** The train items of an owner. */
export interface OwnedData {
  owner: string;
  items: number;
  /** By label: its items; null where targets are numbers. */
  labels: readonly number[] | null;
}

/** The data of one owner, and their difference from all of them together. */
export interface OwnedDataLine extends OwnedData {
  /** Labels that occur among its items. */
  distinct: number | null;
  /** Share of its most frequent label. */
  largestShare: number | null;
  /** Total variation distance of its label mix to that of all items: 0 alike, 1 nothing in common. */
  distance: number | null;
}

export function ownedDataLines(owned: readonly OwnedData[]): OwnedDataLine[] {
  const all = mixOf(owned.map(({ labels }) => labels));
  return owned.map((each) => {
    const { labels } = each;
    const mix = mixOf([labels]);
    if (labels === null || mix === null) {
      return { ...each, distinct: null, largestShare: null, distance: null };
    }
    return {
      ...each,
      distinct: labels.filter((count) => count > 0).length,
      largestShare: Math.max(...mix),
      distance: mix.reduce((sum, share, label) => sum + Math.abs(share - all![label]!), 0) / 2,
    };
  });
}

/** By label: its share of the items of some owners. */
function mixOf(counts: readonly (readonly number[] | null)[]): number[] | null {
  const sums: number[] = [];
  for (const labels of counts) {
    if (labels === null) return null;
    for (const [label, count] of labels.entries()) sums[label] = (sums[label] ?? 0) + count;
  }
  const total = sums.reduce((sum, count) => sum + count, 0);
  return sums.map((count) => count / total);
}

/** Of data.csv: what the lines have in common, and a column for each label. */
export function ownedDataColumns(classes: number | null): Column<OwnedDataLine>[] {
  const labels = Array.from({ length: classes ?? 0 }, (_, label) => label);
  return [
    {
      ...{ name: 'owner', type: 'text', unit: null, value: ({ owner }) => owner },
      meaning: 'the region or worker',
    },
    {
      ...{ name: 'items', type: 'integer', unit: 'items', value: ({ items }) => items },
      meaning: 'train items that it owns',
    },
    {
      ...{ name: 'labels', type: 'integer', unit: 'labels', value: ({ distinct }) => distinct },
      meaning: 'labels that occur among them',
    },
    {
      ...{ name: 'largest_share', type: 'number', unit: null, value: (line) => line.largestShare },
      meaning: 'share of the most frequent label',
    },
    {
      ...{ name: 'distance', type: 'number', unit: null, value: ({ distance }) => distance },
      meaning: 'total variation distance of the label mix to that of all items',
    },
    ...labels.map((label): Column<OwnedDataLine> => {
      return {
        ...{ name: `label${label}`, type: 'integer', unit: 'items' },
        meaning: `items of label ${label}`,
        value: (line) => line.labels?.[label],
      };
    }),
  ];
}
