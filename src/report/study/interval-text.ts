import type { Interval } from '../../statistics/intervals.ts';

/** `12.3 ± 0.4`, the mean and half of its 95 % interval; `-` where there is none. */
export function intervalText(interval: Interval | null, digits: number, scale = 1): string {
  if (interval === null) return '-';
  const { mean, halfWidth } = interval;
  if (!Number.isFinite(mean)) return 'not finite';
  const middle = (mean * scale).toFixed(digits);
  return halfWidth === null ? middle : `${middle} ± ${(halfWidth * scale).toFixed(digits)}`;
}
