import type { Site } from '../site.ts';

/** Which entities are in range of a site. Coordinates are metres from the site. A new model is a file beside disc.ts. */
export interface Radio {
  /** Nothing further away than this is in range. */
  reachM(site: Site): number;
  covers(site: Site, x: number, y: number): boolean;
  /** Whether a straight segment between two points in range is in range throughout. */
  isConvex: boolean;
  /**
   * The stretches of the straight segment from (x, y) to (toX, toY) that are in range, in order.
   * When (x, y) is in range the first stretch begins there, whatever its `enter`; when (toX, toY)
   * is, the last one ends there. Not asked where `isConvex` and both ends are in range.
   */
  crossing(site: Site, x: number, y: number, toX: number, toY: number): readonly Stretch[];
}

/** A part of a segment, as fractions of its length from 0 to 1. */
export interface Stretch {
  enter: number;
  leave: number;
}
