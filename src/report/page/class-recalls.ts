import type { ColumnOf } from './page.ts';

/** How a figure colours the share of a class's items that is recognised. */
export const RECALL_COLOUR = {
  ...{ field: 'recall', type: 'quantitative', title: 'Recall' },
  scale: { domain: [0, 1], scheme: 'cividis' },
  legend: { format: '.0%' },
};

/** Classes whose numbers have room. */
export const MOST_CLASSES = 40;

export const NO_CLASSES = 'no evaluation has scores of classes.';

/** The columns of its data. */
export const RECALL_COLUMNS: readonly ColumnOf<{ label: number; recall: number }>[] = [
  ['class', 'integer', 'class, from 0', ({ label }) => label],
  ['recall', 'number', 'items of the class that are recognised', ({ recall }) => recall, 'share'],
];
