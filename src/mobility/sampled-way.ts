import type { TimeUs } from '../simulation/time.ts';

/** Samples of a way: times rising, linear in between. */
export interface SampledWay {
  timesUs: Float64Array;
  x: Float64Array;
  y: Float64Array;
}

/** Those samples of which `keep` says so. */
export function keptOf({ timesUs, x, y }: SampledWay, keep: (i: number) => boolean): SampledWay {
  return {
    timesUs: timesUs.filter((_, i) => keep(i)),
    x: x.filter((_, i) => keep(i)),
    y: y.filter((_, i) => keep(i)),
  };
}

/** The last segment that begins at or before the time. */
export function segmentAt(timesUs: Float64Array, timeUs: TimeUs): number {
  let low = 0;
  let high = timesUs.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (timesUs[middle]! <= timeUs) low = middle;
    else high = middle - 1;
  }
  return low;
}
