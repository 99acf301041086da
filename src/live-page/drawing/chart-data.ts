import type { RunSeries } from '../shared/messages.ts';

/** Quantities that a chart can show. */
export const QUANTITIES = {
  accuracy: 'Accuracy (%)',
  loss: 'Loss',
  byzantine: 'Byzantine share of all vectors (%)',
  staleness: 'Staleness (versions)',
  associated: 'Associated workers',
  gradients: 'Aggregated gradients/s',
  dropped: 'Dropped gradients/s',
  bytes: 'Bytes sent/s',
} as const;
export type Charted = keyof typeof QUANTITIES;
/** What evaluations can stand over, all others over simulated time. */
export const AXES = { time: 'time (s)', update: 'update', wall: 'wall time (s)' } as const;
export type ChartAxis = keyof typeof AXES;

/** Explanation of a chart, on request: where its numbers come from. */
export const MEANINGS: Readonly<Record<Charted, string>> = {
  accuracy: 'accuracy of the model of the cloud, at each evaluation',
  loss: 'loss of the model of the cloud, at each evaluation',
  byzantine:
    'Byzantine vectors among all vectors that were aggregated in an interval, at all servers and the cloud together',
  staleness: 'mean of the aggregations in an interval, at all servers and the cloud together',
  associated: 'workers that are with a server at the end of an interval',
  gradients: 'gradients that were aggregated, at all servers together',
  dropped: 'gradients that were dropped or lost, at all servers together',
  bytes: 'bytes of models and updates, of all nodes of a tree of models together',
};

/** Points of one run: x is seconds or updates, rising. */
export interface ChartPoints {
  x: number[];
  y: (number | null)[];
}

export function pointsOf(series: RunSeries, quantity: Charted, axis: ChartAxis): ChartPoints {
  const { evaluations, buckets } = series;
  if (quantity === 'accuracy' || quantity === 'loss') {
    const measured = evaluations[quantity];
    const y = quantity === 'accuracy' ? measured.map(inPercent) : measured;
    if (axis === 'wall') return byWallTime(evaluations.wallS, y);
    const x = axis === 'update' ? evaluations.update : evaluations.timeUs.map(inS);
    return { x, y };
  }
  const x = buckets.timeUs.map(inS);
  const lengthS = 2 * (x[0] ?? 0.5);
  const perS = (values: readonly number[]) => values.map((value) => value / lengthS);
  switch (quantity) {
    case 'byzantine':
      return { x, y: buckets.byzantineShare.map(inPercent) };
    case 'staleness':
      return { x, y: buckets.staleness };
    case 'associated':
      return { x, y: buckets.associated };
    case 'gradients':
      return { x, y: perS(buckets.aggregated) };
    case 'dropped':
      return { x, y: perS(buckets.dropped) };
    case 'bytes':
      return { x, y: perS(buckets.bytes) };
  }
}

/** Those that are measured, in the order in which they were: a model may be measured beside a later one. */
function byWallTime(wallS: readonly (number | null)[], y: readonly (number | null)[]): ChartPoints {
  const points = wallS.flatMap((each, index) => (each === null ? [] : [{ x: each, y: y[index]! }]));
  points.sort((a, b) => a.x - b.x);
  return { x: points.map(({ x }) => x), y: points.map((point) => point.y) };
}

/** Whether it comes from evaluations, which can stand over updates and wall time, too. */
export function isEvaluated(quantity: Charted): boolean {
  return quantity === 'accuracy' || quantity === 'loss';
}

function inS(timeUs: number): number {
  return timeUs / 1e6;
}

function inPercent(share: number | null): number | null {
  return share === null ? null : 100 * share;
}
