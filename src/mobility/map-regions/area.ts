/** A part of the map. A new kind is a file beside polygon.ts. */
export interface Area {
  contains(xM: number, yM: number): boolean;
  /**
   * Where the straight way from (xM, yM) to (toXM, toYM) may enter or leave the area, as fractions of
   * its length: all such places, in any order; more of them do no harm.
   */
  crossings(xM: number, yM: number, toXM: number, toYM: number): readonly number[];
}
