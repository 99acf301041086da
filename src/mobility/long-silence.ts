import type { TimeUs } from '../simulation/time.ts';

/** Less than this is no night between two days. */
const LEAST_US = 600e6;

/**
 * A remark when no entity is on the map in one stretch that is longer than all other time together, as
 * between the recordings of two days. `presences` in order of start.
 */
export function longSilence(presences: readonly { fromUs: TimeUs; toUs: TimeUs }[]): string[] {
  let seenUntilUs = 0;
  let longest = { fromUs: 0, lengthUs: 0 };
  for (const { fromUs, toUs } of presences) {
    const lengthUs = fromUs - seenUntilUs;
    if (lengthUs > longest.lengthUs) longest = { fromUs: seenUntilUs, lengthUs };
    seenUntilUs = Math.max(seenUntilUs, toUs);
  }
  const { fromUs, lengthUs } = longest;
  if (lengthUs < LEAST_US || 2 * lengthUs <= seenUntilUs) return [];
  const minutes = (us: number) => `${Math.round(us / 60e6)}`;
  return [
    `no entity is on the map for ${minutes(lengthUs)} of its ${minutes(seenUntilUs)} minutes, from ${fromUs / 1e6} s after its begin on: a run lasts through them; shift the times of one file, or name one file a run`,
  ];
}
