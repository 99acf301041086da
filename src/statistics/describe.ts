/** Throws nothing: of no values, all of these are NaN. */
export function meanOfNumbers(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation, divisor n - 1; NaN for fewer than two values. */
export function sampleDeviation(values: readonly number[]): number {
  const mean = meanOfNumbers(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/** The quantile with linear interpolation between order statistics (type 7 of Hyndman and Fan). */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}

/**
 * Mean of the values between the quartiles: a quarter of the values, rounded down, is left out at
 * either end (Agarwal et al. 2021, "Deep Reinforcement Learning at the Edge of the Statistical
 * Precipice").
 */
export function interquartileMean(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const cut = Math.floor(sorted.length / 4);
  return meanOfNumbers([...sorted.subarray(cut, sorted.length - cut)]);
}

/** Ranks from 1, least first; equal values share the mean of their ranks. */
export function midranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const ranks: number[] = new Array(values.length);
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && values[order[end]!] === values[order[first]!]) end += 1;
    for (let i = first; i < end; i += 1) ranks[order[i]!] = (first + 1 + end) / 2;
    first = end;
  }
  return ranks;
}
