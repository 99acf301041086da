import { drawDurationUs } from '../simulation/duration.ts';
import type { RandomStream } from '../simulation/random.ts';
import type { TimeUs } from '../simulation/time.ts';
import { type LinkSettings, linkTable, lossOf } from './constant-links.ts';
import type { Copy, LinkWay } from './link-model.ts';
import { bitsOverSignal, type SignalSettings, sentUs } from './signal-link.ts';

/** How transfers share a channel: each at an equal part of its own rate, or one after the other. */
export type Sharing = 'processor' | 'fifo';

/** Far below the time of a bit, and what sums of doubles are off. */
export const TOLERANCE_US = 1e-6;

interface Channel {
  id: string;
  sharing: Sharing;
}

/** Which transfers share capacity with others, those up and those down apart. */
export interface ChannelSettings {
  /** By server: how the transfers over its radio share it. */
  radio: ReadonlyMap<string, Sharing>;
  /** By server: the channel that its link to the one above is a part of. */
  backhaul: ReadonlyMap<string, Channel>;
}

interface SharedLinksSettings {
  workerLink: LinkSettings;
  signal: SignalSettings | null;
  links: ReadonlyMap<string, LinkSettings>;
  channels: ChannelSettings;
}

/** Links whose capacity several transfers share. */
export class SharedLinks {
  readonly #settings: SharedLinksSettings;
  readonly #linkOf: ReturnType<typeof linkTable>;

  constructor(settings: SharedLinksSettings) {
    this.#settings = settings;
    this.#linkOf = linkTable(settings);
  }

  /** Null where a transfer shares nothing. */
  channelOf({ lower, upper, direction, isRadio }: LinkWay): Channel | null {
    const { radio, backhaul } = this.#settings.channels;
    if (isRadio) {
      const sharing = radio.get(upper);
      return sharing === undefined ? null : { id: `radio/${upper}/${direction}`, sharing };
    }
    const channel = backhaul.get(lower);
    return channel === undefined ? null : { ...channel, id: `backhaul/${channel.id}/${direction}` };
  }

  /** Bits that it would send in that time by itself. */
  bits(way: LinkWay, fromUs: TimeUs, toUs: TimeUs): number {
    const rated = this.#rated(way);
    if (rated !== null) {
      return bitsOverSignal(rated.signal, way.direction, rated.settings, fromUs, toUs);
    }
    // A megabit a second is a bit a microsecond.
    return (toUs - fromUs) * this.#linkOf(way).bandwidthMbps;
  }

  /** When it would have sent those bits by itself: in microseconds, up to `TOLERANCE_US` too late. */
  endUs(way: LinkWay, bits: number, fromUs: TimeUs): number {
    const rated = this.#rated(way);
    if (rated !== null) {
      const { signal, settings } = rated;
      return sentUs(signal, way.direction, settings, bits, fromUs, TOLERANCE_US / 2);
    }
    return fromUs + bits / this.#linkOf(way).bandwidthMbps;
  }

  isLost(way: LinkWay, fromUs: TimeUs, toUs: TimeUs, random: () => RandomStream): boolean {
    const probability = lossOf(this.#linkOf(way), this.#settings.signal, way, fromUs, toUs);
    return happens(probability, random);
  }

  /** How many copies come out of one that is not lost. */
  drawCopies(way: LinkWay, random: () => RandomStream): number {
    return happens(this.#linkOf(way).duplication, random) ? 2 : 1;
  }

  /** A delivered copy, and its delay after the last bit has been sent. */
  drawCopy(way: LinkWay, random: () => RandomStream): Copy {
    const { corruption, jitterS } = this.#linkOf(way);
    const corrupted = happens(corruption, random);
    const extraUs = jitterS === undefined ? 0 : drawDurationUs(jitterS, random);
    return { corrupted, delayUs: this.latencyUs(way) + extraUs };
  }

  latencyUs(way: LinkWay): TimeUs {
    return Math.ceil(this.#linkOf(way).latencyMs * 1000);
  }

  maximumRetries(way: LinkWay): number {
    return this.#linkOf(way).maximumRetries;
  }

  /** The signal where it gives the rate, else null. */
  #rated({ signal }: LinkWay) {
    const settings = this.#settings.signal;
    const rate = settings?.rate;
    return settings && rate && signal ? { signal, settings: { ...settings, rate } } : null;
  }
}

function happens(probability: number, random: () => RandomStream): boolean {
  return probability > 0 && random().float() < probability;
}
