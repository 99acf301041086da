import type { SampledWay } from './sampled-way.ts';

/** A rectangle on the map. */
export interface Bounds {
  minXM: number;
  minYM: number;
  maxXM: number;
  maxYM: number;
}

/** Around nothing. */
export function noBounds(): Bounds {
  return { minXM: Infinity, minYM: Infinity, maxXM: -Infinity, maxYM: -Infinity };
}

/** Around the way, too. */
export function growBounds(bounds: Bounds, { x, y }: Pick<SampledWay, 'x' | 'y'>): void {
  for (let i = 0; i < x.length; i++) {
    if (x[i]! < bounds.minXM) bounds.minXM = x[i]!;
    if (x[i]! > bounds.maxXM) bounds.maxXM = x[i]!;
    if (y[i]! < bounds.minYM) bounds.minYM = y[i]!;
    if (y[i]! > bounds.maxYM) bounds.maxYM = y[i]!;
  }
}
