/** How the vectors of one aggregation lie to each other and to its result, with `diagnostics: full`. */
export interface AggregationGeometry {
  /** Which vectors, by their order of arrival from 0; the other lists have one value for each. */
  vectors: number[];
  /** Euclidean. */
  norms: number[];
  /** Null without a result. */
  toResult: { distances: number[]; anglesDeg: (number | null)[] } | null;
  /** Of the pairs (0, 1), (0, 2), … (1, 2), … of `vectors`. */
  distances: number[];
  /** Their picture in two dimensions by classical scaling; `share`: of the squared spread. */
  plane: {
    vectors: [x: number, y: number][];
    result: [x: number, y: number] | null;
    share: number | null;
  };
}
