/** Comparators as pairs of places: after (a, b) the lesser of the two values is at place a. */
export type Comparators = readonly (readonly [number, number])[];

const known = new Map<string, Comparators>();

/**
 * A network after which the chosen ranks (0 is the least) of n values are at the places of the
 * same number; the other places hold the rest in no order.
 *
 * Batcher's merge exchange (Knuth, TAOCP vol. 3, 5.2.2 M), about n/4 (log2 n)^2 comparators,
 * without those that no chosen place depends on.
 */
export function selectionNetwork(n: number, ranks: readonly number[]): Comparators {
  const key = `${n}:${ranks}`;
  let network = known.get(key);
  if (network === undefined) {
    network = onlyNeeded(mergeExchange(n), ranks);
    known.set(key, network);
  }
  return network;
}

function mergeExchange(n: number): [number, number][] {
  const network: [number, number][] = [];
  const widest = 2 ** (31 - Math.clz32(Math.max(1, n - 1)));
  for (let p = n > 1 ? widest : 0; p >= 1; p = Math.floor(p / 2)) {
    let distance = p;
    let remainder = 0;
    for (let q = widest; ; q /= 2) {
      for (let i = 0; i < n - distance; i += 1) {
        if ((i & p) === remainder) network.push([i, i + distance]);
      }
      if (q === p) break;
      distance = q - p;
      remainder = p;
    }
  }
  return network;
}

function onlyNeeded(network: Comparators, ranks: readonly number[]): Comparators {
  const needed = new Set(ranks);
  const kept = network.toReversed().filter(([a, b]) => {
    if (!needed.has(a) && !needed.has(b)) return false;
    needed.add(a).add(b);
    return true;
  });
  return kept.reverse();
}
