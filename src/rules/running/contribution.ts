import type { AggregationContext } from '../contract/aggregator.ts';

/**
 * The contribution of one sender to an aggregation. `Vector`: the id of a value, its address in
 * memory, or its numbers. An optional fact is there in all contributions of an aggregation or in
 * none.
 */
export interface Contribution<Vector> {
  vector: Vector;
  /** Whether its sender is Byzantine. */
  byzantine: boolean;
  /** True where it is known to be finite; absent: not known. */
  finite?: boolean;
  /** A number for the sender, the same in every aggregation. */
  sender?: number;
  /** Versions by which it is behind the server's newest model. */
  staleness?: number;
  /** Absent when all count alike. */
  weight?: number;
}

/** One aggregation of a server: what arrived, in order of arrival, and what the server adds. */
export interface AggregationInput<Vector> {
  server: string;
  layer: string;
  /** Number of this aggregation at this server, from 0: names its random streams. */
  aggregation: number;
  contributions: readonly Contribution<Vector>[];
  /** The server's own gradient, for rules that trust one; null for others. */
  reference: Vector | null;
}

/** Facts about a rule's vectors, as lists that go together. */
type VectorFacts = Pick<AggregationContext, 'weights' | 'staleness' | 'senders'>;

export function factsOf(contributions: readonly Contribution<unknown>[]): VectorFacts {
  const first = contributions[0];
  // Updates of windows without items: none counts more than another.
  const isWeighted = contributions.some(({ weight }) => weight !== undefined && weight > 0);
  return {
    ...(isWeighted && { weights: contributions.map((each) => each.weight!) }),
    ...(first?.staleness !== undefined && {
      staleness: contributions.map((each) => each.staleness!),
    }),
    ...(first?.sender !== undefined && { senders: contributions.map((each) => each.sender!) }),
  };
}

/**
 * The facts of vectors that were made from others: the mean weight and the greatest staleness of
 * their sources; no senders where one has several.
 */
export function factsOfSources(
  { weights, staleness, senders }: VectorFacts,
  sources: readonly (readonly number[])[],
): VectorFacts {
  return {
    ...(senders &&
      sources.every((of) => of.length === 1) && { senders: sources.map(([of]) => senders[of!]!) }),
    ...(weights && { weights: sources.map((of) => sumOf(of, weights) / of.length) }),
    ...(staleness && {
      staleness: sources.map((of) => Math.max(...of.map((index) => staleness[index]!))),
    }),
  };
}

function sumOf(indices: readonly number[], values: readonly number[]): number {
  return indices.reduce((sum, index) => sum + values[index]!, 0);
}
