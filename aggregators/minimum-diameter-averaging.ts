import { defineAggregator } from 'edgemlsim/rules';
import { meanOfGroup, squaredDistancesOf } from 'edgemlsim/rules/toolbox';

/** With more the search could take minutes. */
const MOST_BYZANTINE = 20;

/**
 * Minimum-diameter averaging (MDA): the mean of the n - f vectors whose greatest distance among
 * themselves is least.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d, summed in order of arrival. Weights
 * are not looked at.
 * Needs n >= 2f + 1. Cost O(n^2 d) and the search: not all C(n, f) subsets, but for a diameter
 * whether f vectors can be left out so that no pair is farther apart (a vertex cover), at most 1.5^f
 * branches. Refuses f > 20. Ties: the first subset in the order of the indices.
 * Source: El Mhamdi et al., "Genuinely distributed Byzantine machine learning", PODC 2020;
 * Rousseeuw 1985.
 * Example, f = 1: (0), (1), (3), (7) -> (4/3): left out 7.
 */
export default defineAggregator({
  name: 'minimum-diameter-averaging',
  summary: 'mean of the n - f vectors of least diameter',
  minimumInputs: (f) => 2 * f + 1,
  refusal,
  aggregate: (vectors, { f }) => {
    const refused = refusal(vectors.length, f);
    if (refused !== null) throw new RangeError(refused);
    const selected = leastDiameter(squaredDistancesOf(vectors), f);
    return { vector: meanOfGroup(vectors, selected), selected };
  },
});

function refusal(_n: number, f: number): string | null {
  return f > MOST_BYZANTINE ? `stands at most f = ${MOST_BYZANTINE}, got ${f}` : null;
}

/** The indices of all but f, of least diameter. */
function leastDiameter(distances: readonly Float64Array[], f: number): number[] {
  const known = [...new Set(distances.flatMap((row) => [...row]))].sort((a, b) => a - b);
  let [low, high] = [0, known.length - 1];
  const nothing = new Set<number>();
  while (low < high) {
    const middle = (low + high) >> 1;
    if (canLeaveOut(farPairs(distances, known[middle]!), nothing, nothing, f)) high = middle;
    else low = middle + 1;
  }
  return firstSubset(farPairs(distances, known[low]!), f);
}

/** For each vector those that are farther from it than the diameter. */
function farPairs(distances: readonly Float64Array[], diameter: number): number[][] {
  return distances.map((row) => Array.from(row.keys()).filter((other) => row[other]! > diameter));
}

/** The first subset of all but f, in the order of the indices, that holds no far pair. */
function firstSubset(far: readonly number[][], f: number): number[] {
  const selected = new Set<number>();
  const out = new Set<number>();
  for (const index of far.keys()) {
    if (selected.size === far.length - f) break;
    selected.add(index);
    if (!canLeaveOut(far, selected, out, f)) {
      selected.delete(index);
      out.add(index);
    }
  }
  return [...selected];
}

/** Whether f in all, those of `out` among them and none of `selected`, leave no far pair behind. */
function canLeaveOut(
  far: readonly number[][],
  selected: ReadonlySet<number>,
  out: ReadonlySet<number>,
  f: number,
): boolean {
  const gone = new Set(out);
  for (const index of selected) {
    for (const other of far[index]!) {
      if (selected.has(other)) return false;
      gone.add(other);
    }
  }
  return isCovered(far, gone, f);
}

function isCovered(far: readonly number[][], gone: ReadonlySet<number>, f: number): boolean {
  if (gone.size > f) return false;
  const left = far.map((others, index) =>
    gone.has(index) ? [] : others.filter((other) => !gone.has(other)),
  );
  // An only far neighbour goes in some best choice; else the one with the most far neighbours
  // goes, or all of these.
  const only = left.find((others) => others.length === 1);
  if (only) return isCovered(far, new Set([...gone, only[0]!]), f);
  const most = left.reduce((a, b, index) => (b.length > left[a]!.length ? index : a), 0);
  if (left[most]!.length === 0) return true;
  return (
    isCovered(far, new Set([...gone, most]), f) ||
    isCovered(far, new Set([...gone, ...left[most]!]), f)
  );
}
