import { interval95 } from '../../statistics/intervals.ts';
import { grouped } from '../format/grouped.ts';
import type { MetricsRow } from '../run/metrics.ts';
import { type ShownMetric, shownMetric, valueIn } from '../run/shown-metric.ts';
import type { StudyResult } from './study-runs.ts';
import { completeSeeds } from './study-summary.ts';

export type CurveAxis = 'gradients' | 'updates' | 'simTimeS' | 'bytes';

/** A point of an arm's mean accuracy or error, with its 95 % interval over seeds. */
export interface CurvePoint {
  arm: string;
  x: number;
  mean: number;
  /** Null with a single seed. */
  low: number | null;
  high: number | null;
}

/** Knots of a curve at most; of more, some are left out evenly. */
const MOST_KNOTS = 240;

/**
 * An arm's accuracy, or another metric, over an axis: the mean over its seeds, each the mean over
 * the arm's variants. Evaluations fall on other places in each run, so every run is read wherever
 * one of them was evaluated, linear in between. Between these knots nothing was measured: the mean
 * and its interval go straight from one to the next. The curve covers what all its runs cover.
 */
export function armCurves(
  results: readonly StudyResult[],
  axis: CurveAxis,
  metric: ShownMetric = shownMetric(results.flatMap(({ rows }) => rows)),
  mostKnots = MOST_KNOTS,
): CurvePoint[] {
  return [...grouped(results, ({ arm }) => arm)].flatMap(([arm, runs]) => {
    const seeds = completeSeeds(runs);
    const lines = seeds.map((seed) =>
      runs.filter((run) => run.seed === seed).map(({ rows }) => lineOf(rows, axis, metric)),
    );
    if (lines.length === 0 || lines.flat().some((line) => line.length === 0)) return [];
    const from = Math.max(...lines.flat().map((line) => line[0]!.x));
    const to = Math.min(...lines.flat().map((line) => line.at(-1)!.x));
    return knotsBetween(lines.flat(2), from, to, mostKnots).map((x): CurvePoint => {
      const interval = interval95(
        lines.map((variants) => {
          const sum = variants.reduce((total, line) => total + valueAt(line, x), 0);
          return sum / variants.length;
        }),
      )!;
      const { mean, halfWidth } = interval;
      const [low, high] = halfWidth === null ? [null, null] : [mean - halfWidth, mean + halfWidth];
      return { arm, x, mean, low, high };
    });
  });
}

interface Point {
  x: number;
  y: number;
}

function lineOf(rows: readonly MetricsRow[], axis: CurveAxis, metric: ShownMetric): Point[] {
  return rows.flatMap((row) => {
    const y = valueIn(row, metric);
    return y === null ? [] : { x: row[axis], y };
  });
}

/** Where the points are, in order, from one place to another, both of which are knots. */
function knotsBetween(points: readonly Point[], from: number, to: number, most: number): number[] {
  const inside = points.flatMap(({ x }) => (x >= from && x <= to ? x : []));
  const knots = [...new Set(inside)].sort((a, b) => a - b);
  if (knots.length <= most) return knots;
  const last = knots.length - 1;
  return Array.from({ length: most }, (_, i) => {
    return knots[Math.round((i * last) / (most - 1))]!;
  });
}

/** Of two evaluations at one place, the later one counts. */
function valueAt(line: readonly Point[], x: number): number {
  const after = line.findIndex((point) => point.x > x);
  if (after < 0) return line.at(-1)!.y;
  const right = line[after]!;
  const left = line[after - 1];
  if (!left) return right.y;
  return left.y + ((right.y - left.y) * (x - left.x)) / (right.x - left.x);
}
