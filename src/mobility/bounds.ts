/** A rectangle on the map. */
export interface Bounds {
  minXM: number;
  minYM: number;
  maxXM: number;
  maxYM: number;
}
