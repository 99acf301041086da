import type { TimeUs } from '../../simulation/time.ts';
import type { SampledRegion, TimedMix } from './sampling-settings.ts';

/** By label, the probability of a sample that is collected at that time. */
export function mixAt(
  mixes: readonly TimedMix[],
  change: SampledRegion['change'],
  timeUs: TimeUs,
): readonly number[] {
  const next = mixes.findIndex(({ fromUs }) => fromUs > timeUs);
  const from = mixes.at(next === -1 ? -1 : Math.max(0, next - 1))!;
  if (change === 'step' || next <= 0) return from.shares;
  const to = mixes[next]!;
  const passed = (timeUs - from.fromUs) / (to.fromUs - from.fromUs);
  return from.shares.map((share, label) => share + passed * (to.shares[label]! - share));
}

/** `uniform`: in [0, 1). */
export function drawLabel(shares: readonly number[], uniform: number): number {
  let sum = 0;
  for (const [label, share] of shares.entries()) {
    sum += share;
    if (uniform < sum) return label;
  }
  // Rounding may leave the sum a little under 1.
  return shares.findLastIndex((share) => share > 0);
}
