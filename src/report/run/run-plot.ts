import type { TopLevelSpec } from 'vega-lite';
import { drawSvg, PALETTE } from '../format/plot.ts';
import type { MetricsRow } from './metrics.ts';
import type { RunRecord } from './run-record.ts';
import { shownMetric, valueIn } from './shown-metric.ts';

const PANELS = [
  { key: 'simTimeS', title: 'Simulated time (s)' },
  { key: 'gradients', title: 'Aggregated gradients' },
] as const satisfies readonly { key: keyof MetricsRow; title: string }[];

/** plot.svg: accuracy, or a regression's error, over simulated time and over gradients. */
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
    hconcat: PANELS.map(({ key, title }, index) => ({
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
  } as TopLevelSpec);
}

type RunPlotKeys = 'name' | 'seed' | 'rows' | 'accuracy' | 'loss' | 'rmse' | 'rounds' | 'diverged';

function subtitle({ seed, rounds, accuracy, loss, rmse, diverged }: Pick<RunRecord, RunPlotKeys>) {
  const facts = [`seed ${seed}`, `${rounds} rounds`];
  if (accuracy.final !== null) facts.push(`final accuracy ${(accuracy.final * 100).toFixed(2)} %`);
  if (typeof rmse.final === 'number') facts.push(`final RMSE ${rmse.final.toPrecision(3)}`);
  if (diverged) facts.push('diverged: the loss left the finite numbers');
  else if (typeof loss.final === 'number') facts.push(`final loss ${loss.final.toPrecision(3)}`);
  return facts.join(', ');
}
