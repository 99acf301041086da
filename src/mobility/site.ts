/** A server's place on the map and the circle it reaches. */
export interface Site {
  server: string;
  xM: number;
  yM: number;
  rangeM: number;
}
