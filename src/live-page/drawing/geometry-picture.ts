import type { AggregationGeometry } from '../../journal/aggregation-geometry.ts';

/** Where the vectors of an aggregation and its result stand in a square picture, in pixels. */
interface PlanePlaces {
  /** In the order of the geometry's `vectors`; y downwards. */
  vectors: { x: number; y: number }[];
  result: { x: number; y: number } | null;
  /** A round length for the scale, as a number and in pixels; null where all is in one place. */
  scale: { length: number; px: number } | null;
}

/** The picture of the plane, as large as fits a square of this side with a margin around it. */
export function planePlaces(
  { plane }: AggregationGeometry,
  sidePx: number,
  marginPx: number,
): PlanePlaces {
  const all = plane.result === null ? plane.vectors : [...plane.vectors, plane.result];
  const range = (part: 0 | 1) => {
    const values = all.map((point) => point[part]);
    return { least: Math.min(...values), most: Math.max(...values) };
  };
  const [ofX, ofY] = [range(0), range(1)];
  const extent = Math.max(ofX.most - ofX.least, ofY.most - ofY.least);
  const pxPerUnit = extent > 0 ? (sidePx - 2 * marginPx) / extent : 0;
  const place = ([x, y]: readonly [number, number]) => ({
    x: sidePx / 2 + (x - (ofX.least + ofX.most) / 2) * pxPerUnit,
    y: sidePx / 2 - (y - (ofY.least + ofY.most) / 2) * pxPerUnit,
  });
  const length = extent > 0 ? roundLength(extent / 3) : 0;
  return {
    vectors: plane.vectors.map(place),
    result: plane.result && place(plane.result),
    scale: extent > 0 ? { length, px: length * pxPerUnit } : null,
  };
}

/** The greatest of 1, 2 and 5 times a power of ten that is not more. */
function roundLength(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  const factor = [5, 2, 1].find((each) => each * power <= most) ?? 1;
  return factor * power;
}

/** The square matrix of the distances, of 0 on its diagonal, and the greatest of them. */
export function distanceMatrix({ vectors, distances }: AggregationGeometry): {
  rows: number[][];
  greatest: number;
} {
  const rows = vectors.map(() => vectors.map(() => 0));
  let at = 0;
  for (let i = 0; i < vectors.length; i += 1) {
    for (let j = i + 1; j < vectors.length; j += 1, at += 1) {
      rows[i]![j] = distances[at]!;
      rows[j]![i] = distances[at]!;
    }
  }
  return { rows, greatest: Math.max(0, ...distances) };
}
