import { type DurationModel, drawDurationUs } from '../simulation/duration.ts';
import type { RandomStream } from '../simulation/random.ts';
import type { TimeUs } from '../simulation/time.ts';
import type { Copy, LinkModel } from './link-model.ts';

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

interface ConstantLinkSettings {
  /** Between workers and servers. */
  radio: LinkSettings;
  /** By server: the link to the one above. */
  links: ReadonlyMap<string, LinkSettings>;
}

/** Links whose settings hold for the whole run, wherever a worker is. */
export function constantLinks({ radio, links }: ConstantLinkSettings): LinkModel {
  const linkOf = ({ isRadio, lower }: { isRadio: boolean; lower: string }) =>
    isRadio ? radio : links.get(lower)!;
  return {
    plainUs: (transfer) => plainUs(linkOf(transfer), transfer.bytes),
    copies: (transfer, random) => copies(linkOf(transfer), transfer.bytes, random),
  };
}

/** Draws only where chance has a part: for loss, for duplication, then for each copy corruption and jitter. */
function copies(link: LinkSettings, bytes: number, random: () => RandomStream): Copy[] {
  const { loss, duplication, corruption, jitterS } = link;
  const happens = (chance: number) => chance > 0 && random().float() < chance;
  if (happens(loss)) return [];
  const sentUs = plainUs(link, bytes);
  return Array.from({ length: happens(duplication) ? 2 : 1 }, () => {
    const corrupted = happens(corruption);
    const extraUs = jitterS === undefined ? 0 : drawDurationUs(jitterS, random);
    return { delayUs: sentUs + extraUs, corrupted };
  });
}

/** In whole microseconds. */
function plainUs({ latencyMs, bandwidthMbps }: LinkSettings, bytes: number): TimeUs {
  // A megabit a second is a bit a microsecond.
  return Math.round(latencyMs * 1000 + (bytes * 8) / bandwidthMbps);
}
