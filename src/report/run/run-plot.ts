import type { TopLevelSpec } from 'vega-lite';
import { drawSvg, PALETTE } from '../format/plot.ts';
import type { MetricsRow } from './metrics.ts';
import type { OwnMeasure } from './own-measures.ts';
import type { RunRecord } from './run-record.ts';
import { shownMetric, valueIn } from './shown-metric.ts';

const PANELS = [
  { key: 'simTimeS', title: 'Simulated time (s)' },
  { key: 'gradients', title: 'Aggregated gradients' },
] as const satisfies readonly { key: keyof MetricsRow; title: string }[];

/**
 * plot.svg: accuracy, or a regression's error, over simulated time and over gradients; beside it each
 * measure of the user's own over simulated time.
 */
export function runPlot(record: Pick<RunRecord, RunPlotKeys>): Promise<string> {
  const { name, rows } = record;
  const split = rows[0]?.split ?? 'test';
  const metric = shownMetric(rows);
  const values = rows.flatMap((row) => {
    const y = valueIn(row, metric);
    return y === null ? [] : { simTimeS: row.simTimeS, gradients: row.gradients, y };
  });
  return drawSvg({
    title: { text: name, subtitle: subtitle(record) },
    data: { values },
    hconcat: [
      ...PANELS.map(({ key, title }, index) => ({
        width: 360,
        height: 260,
        mark: { type: 'line', color: PALETTE[0], point: { size: 26, color: PALETTE[0] } },
        encoding: {
          x: {
            field: key,
            type: 'quantitative',
            title,
            axis: { tickCount: 6 },
          },
          y: {
            field: 'y',
            type: 'quantitative',
            title: index === 0 ? `${metric.title} on the ${split} set` : null,
            scale: metric.scale,
            axis: metric.axis,
          },
        },
      })),
      ...record.metrics.map((own) => ownPanel(own, rows)),
    ],
  } as TopLevelSpec);
}

function ownPanel({ name, unit }: OwnMeasure, rows: readonly MetricsRow[]): object {
  const values = rows.flatMap(({ simTimeS, metrics }) => {
    const y = metrics?.[name];
    return typeof y === 'number' ? { simTimeS, y } : [];
  });
  const [{ title }] = PANELS;
  return {
    ...{ width: 360, height: 260, data: { values } },
    mark: { type: 'line', color: PALETTE[1], point: { size: 26, color: PALETTE[1] } },
    encoding: {
      x: { field: 'simTimeS', type: 'quantitative', title, axis: { tickCount: 6 } },
      y: {
        ...{ field: 'y', type: 'quantitative', scale: { zero: false }, axis: { tickCount: 5 } },
        title: unit === null ? name : `${name} (${unit})`,
      },
    },
  };
}

type RunPlotKeys =
  | 'name'
  | 'seed'
  | 'rows'
  | 'accuracy'
  | 'loss'
  | 'rmse'
  | 'metrics'
  | 'rounds'
  | 'diverged';

function subtitle({ seed, rounds, accuracy, loss, rmse, diverged }: Pick<RunRecord, RunPlotKeys>) {
  const facts = [`seed ${seed}`, `${rounds} rounds`];
  if (accuracy.final !== null) facts.push(`final accuracy ${(accuracy.final * 100).toFixed(2)} %`);
  if (typeof rmse.final === 'number') facts.push(`final RMSE ${rmse.final.toPrecision(3)}`);
  if (diverged) facts.push('diverged: the loss left the finite numbers');
  else if (typeof loss.final === 'number') facts.push(`final loss ${loss.final.toPrecision(3)}`);
  return facts.join(', ');
}
