import { InputError } from '../../errors.ts';

/** No radio of this project reaches further, in metres. */
const LONGEST_RANGE_M = 20_000;

/** By distance in whole metres, from 0: the loss there, that at 1 m also at 0. Throws InputError. */
export function lossTable(lossDb: (distanceM: number) => number, name: string): Float64Array {
  const table = new Float64Array(LONGEST_RANGE_M + 1);
  for (let m = 0; m <= LONGEST_RANGE_M; m += 1) {
    const loss = lossDb(Math.max(1, m));
    if (typeof loss !== 'number' || !Number.isFinite(loss)) {
      throw new InputError({
        found: `radio model ${name}: the loss at ${Math.max(1, m)} m is ${loss}`,
        advice: ['expected a finite number of dB from 1 m to 20 km'],
      });
    }
    table[m] = loss;
  }
  return table;
}

/**
 * The rings of distances with no more than that loss: of each the inner edge (0 for a disc) and the
 * outer one, rising. Found in steps of a metre, so a ring that is narrower may be missed; each edge
 * is bisected to the last bit but one. Throws InputError where the range has no end.
 */
export function distancesInRange(
  lossDb: (distanceM: number) => number,
  table: Float64Array,
  maximumLossDb: number,
): number[] {
  const edges: number[] = [];
  let isIn = table[0]! <= maximumLossDb;
  if (isIn) edges.push(0);
  for (let m = 2; m <= LONGEST_RANGE_M; m += 1) {
    if (table[m]! <= maximumLossDb === isIn) continue;
    edges.push(edgeBetween(lossDb, maximumLossDb, m - 1, m));
    isIn = !isIn;
  }
  if (!isIn) return edges;
  throw new InputError({
    found: `the radio reaches further than ${LONGEST_RANGE_M / 1000} km`,
    advice: ['lower powerDbm or gainDbi, or raise sensitivityDbm'],
  });
}

/** The last distance in range of two neighbours of which one is out of it. */
function edgeBetween(
  lossDb: (distanceM: number) => number,
  maximumLossDb: number,
  lowM: number,
  highM: number,
): number {
  const isInLow = lossDb(lowM) <= maximumLossDb;
  let [low, high] = [lowM, highM];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return isInLow ? low : high;
    if (lossDb(middle) <= maximumLossDb === isInLow) low = middle;
    else high = middle;
  }
}
