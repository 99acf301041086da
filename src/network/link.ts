import { type DurationModel, drawDurationUs } from '../simulation/duration.ts';
import type { RandomStream } from '../simulation/random.ts';
import type { TimeUs } from '../simulation/time.ts';

/** A link's latency and bandwidth; each message has the whole bandwidth for itself. */
export interface LinkSettings {
  bandwidthMbps: number;
  latencyMs: number;
  /** Chance that a message is lost, 0 to 1. */
  loss: number;
  /** Chance that one that is not lost comes out twice, 0 to 1. */
  duplication: number;
  /** Chance that what comes out is damaged, which its receiver's checksum shows, 0 to 1. */
  corruption: number;
  /** Extra delay, drawn for everything that comes out by itself, so that messages may overtake. */
  jitterS?: DurationModel | undefined;
}

/** What comes out of a link. */
export interface Copy {
  /** From the first bit sent to the last bit received. */
  delayUs: TimeUs;
  corrupted: boolean;
}

/**
 * The copies of a message that come out of a link: none, one or two. Draws only where chance has a
 * part: for loss, for duplication, then for each copy corruption and jitter.
 */
export function copiesOf(link: LinkSettings, bytes: number, random: () => RandomStream): Copy[] {
  const { loss, duplication, corruption, jitterS } = link;
  const happens = (chance: number) => chance > 0 && random().float() < chance;
  if (happens(loss)) return [];
  const sentUs = transferUs(link, bytes);
  return Array.from({ length: happens(duplication) ? 2 : 1 }, () => {
    const corrupted = happens(corruption);
    const extraUs = jitterS === undefined ? 0 : drawDurationUs(jitterS, random);
    return { delayUs: sentUs + extraUs, corrupted };
  });
}

/** Time from the first bit sent to the last bit received without jitter, in whole microseconds. */
export function transferUs(
  link: Pick<LinkSettings, 'bandwidthMbps' | 'latencyMs'>,
  bytes: number,
): TimeUs {
  // A megabit a second is a bit a microsecond.
  return Math.round(link.latencyMs * 1000 + (bytes * 8) / link.bandwidthMbps);
}
