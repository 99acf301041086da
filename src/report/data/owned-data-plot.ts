import type { TopLevelSpec } from 'vega-lite';
import { drawSvg, PALETTE } from '../format/plot.ts';
import type { OwnedData } from './owned-data.ts';

/** Pixels of the rows together, when there are many owners. */
const HEIGHT = 900;
/** Owners whose names have room. */
const MOST_NAMES = 80;

/** The items of each owner: a square for each owner and label, and a bar for all its items. */
export function ownedDataPlot(
  name: string,
  partition: string,
  owned: readonly OwnedData[],
): Promise<string> {
  return drawSvg({
    title: { text: name, subtitle: `train items of each owner: ${partition}` },
    hconcat: ownedPanels(owned, 'items', 'Train items'),
  } as TopLevelSpec);
}

/** The same of samples that were collected, by region and by worker. */
export function collectedPlot(
  name: string,
  { regions, workers }: { regions: readonly OwnedData[]; workers: readonly OwnedData[] },
): Promise<string> {
  return drawSvg({
    title: { text: name, subtitle: 'samples that were collected, by region and by worker' },
    vconcat: [regions, workers].map((owned) => ({
      hconcat: ownedPanels(owned, 'samples', 'Samples'),
    })),
    resolve: { scale: { color: 'independent' } },
  } as TopLevelSpec);
}

function ownedPanels(owned: readonly OwnedData[], things: string, title: string): object[] {
  const step = Math.max(1, Math.min(22, Math.floor(HEIGHT / owned.length)));
  const y = {
    ...{ field: 'owner', type: 'nominal', title: null, sort: null },
    axis: owned.length > MOST_NAMES ? { labels: false, ticks: false } : {},
  };
  const squares = owned.flatMap(({ owner, labels }) =>
    (labels ?? []).map((items, label) => ({ owner, label, items })),
  );
  const panels = [
    {
      data: { values: squares },
      width: { step: 26 },
      height: { step },
      mark: { type: 'rect', stroke: 'white', strokeWidth: step > 4 ? 1 : 0 },
      encoding: {
        x: { field: 'label', type: 'ordinal', title: 'Label', axis: { labelAngle: 0 } },
        y,
        color: {
          ...{ field: 'items', type: 'quantitative', title: things },
          scale: { range: ['#f2f2f2', PALETTE[0]] },
        },
      },
    },
    {
      data: { values: owned.map(({ owner, items }) => ({ owner, items })) },
      ...{ width: 160, height: { step }, mark: 'bar' },
      encoding: {
        x: { field: 'items', type: 'quantitative', title },
        y: { ...y, axis: { ...y.axis, labels: false, ticks: false } },
        color: { value: PALETTE[4] },
      },
    },
  ];
  return panels.slice(squares.length === 0 ? 1 : 0);
}
