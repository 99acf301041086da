import type { Site } from '../site.ts';

/** Who is in range of a site. Coordinates are metres from the site. A new model is a file beside disc.ts. */
export interface Radio {
  /** Nothing further away than this is in range. */
  reachM(site: Site): number;
  covers(site: Site, x: number, y: number): boolean;
  /**
   * Which part of the straight segment (x, y) + t (dx, dy), 0 <= t <= 1, is in range: one stretch,
   * of which an end that `covers` is t = 0 or 1. Asked only where an end is not in range.
   */
  crossing(site: Site, x: number, y: number, dx: number, dy: number): Crossing;
}

export interface Crossing {
  enter: number;
  leave: number;
  /** Whether the segment is in range somewhere between its ends. */
  isCrossed: boolean;
}
