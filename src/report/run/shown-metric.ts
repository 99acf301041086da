import { ACCURACY_AXIS, ACCURACY_SCALE } from '../format/plot.ts';
import type { MetricsRow } from './metrics.ts';

/**
 * The metric that plots show over the course of a run: of classes the accuracy, of a regression the
 * error.
 */
export interface ShownMetric {
  key: 'accuracy' | 'rmse' | 'loss';
  title: string;
  scale: { domain?: number[]; zero?: boolean };
  axis: { format?: string; tickCount: number };
}

const ACCURACY: ShownMetric = {
  key: 'accuracy',
  title: 'Accuracy',
  scale: ACCURACY_SCALE,
  axis: ACCURACY_AXIS,
};

const RMSE: ShownMetric = {
  key: 'rmse',
  title: 'RMSE',
  scale: { zero: true },
  axis: { tickCount: 5 },
};

export function shownMetric(rows: readonly MetricsRow[]): ShownMetric {
  return isRegression(rows) ? RMSE : ACCURACY;
}

function isRegression(rows: readonly MetricsRow[]): boolean {
  return rows.some(({ rmse }) => rmse !== null);
}

/** The metric's value where it is a finite number. */
export function valueIn(row: MetricsRow, { key }: ShownMetric): number | null {
  const value = row[key];
  return typeof value === 'number' ? value : null;
}
