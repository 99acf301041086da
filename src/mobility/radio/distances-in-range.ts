import { InputError } from '../../errors.ts';

/** No radio of this project reaches further, in metres. */
const LONGEST_RANGE_M = 20_000;

/** The loss by distance. */
export interface LossTable {
  /** By whole metres, from 0: that at 1 m also at 0. */
  lossesDb: Float64Array;
  /** No place has a lower loss than one that is nearer. */
  isRising: boolean;
}

/** Throws InputError where a loss is no finite number. */
export function lossTable(lossDb: (distanceM: number) => number, name: string): LossTable {
  const lossesDb = new Float64Array(LONGEST_RANGE_M + 1);
  let isRising = true;
  for (let m = 0; m <= LONGEST_RANGE_M; m += 1) {
    const loss = lossDb(Math.max(1, m));
    if (typeof loss !== 'number' || !Number.isFinite(loss)) {
      throw new InputError({
        found: `radio model ${name}: the loss at ${Math.max(1, m)} m is ${loss}`,
        advice: ['expected a finite number of dB from 1 m to 20 km'],
      });
    }
    lossesDb[m] = loss;
    if (m > 0 && loss < lossesDb[m - 1]!) isRising = false;
  }
  return { lossesDb, isRising };
}

/**
 * The rings of distances with no more than that loss: of each the inner edge (0 for a disc) and the
 * outer one, rising. Found in steps of a metre, so a ring that is narrower may be missed; each edge
 * is bisected to the last bit but one. Throws InputError where the range has no end.
 */
export function distancesInRange(
  lossDb: (distanceM: number) => number,
  table: LossTable,
  maximumLossDb: number,
): number[] {
  const edges: number[] = [];
  let isIn = table.lossesDb[0]! <= maximumLossDb;
  if (isIn) edges.push(0);
  for (let m = 1; ; isIn = !isIn) {
    m = changeAfter(table, maximumLossDb, m, isIn);
    if (m > LONGEST_RANGE_M) break;
    edges.push(edgeBetween(lossDb, maximumLossDb, m - 1, m));
  }
  if (!isIn) return edges;
  throw new InputError({
    found: `the radio reaches further than ${LONGEST_RANGE_M / 1000} km`,
    advice: ['lower powerDbm or gainDbi, or raise sensitivityDbm'],
  });
}

/** The next metre after `m` that is in range where those before it are not, or the other way round. */
function changeAfter(
  { lossesDb, isRising }: LossTable,
  maximumLossDb: number,
  m: number,
  isIn: boolean,
): number {
  let next = m + 1;
  if (!isRising) {
    while (next < lossesDb.length && lossesDb[next]! <= maximumLossDb === isIn) next += 1;
    return next;
  }
  // Each square of shadowing has a budget of its own: to pass over 20 km for each took most of the time.
  let end = lossesDb.length;
  if (!isIn) return end;
  while (next < end) {
    const middle = (next + end) >> 1;
    if (lossesDb[middle]! <= maximumLossDb) next = middle + 1;
    else end = middle;
  }
  return end;
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
