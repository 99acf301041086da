import { type DurationModel, drawDurationUs } from '../simulation/duration.ts';
import type { RandomStream } from '../simulation/random.ts';
import type { TimeUs } from '../simulation/time.ts';
import type { Carried, Copy, LinkModel, LinkWay, Transfer } from './link-model.ts';
import { meanLoss, type SignalSettings, sentUs as sentOverSignalUs } from './signal-link.ts';

/** A link's latency and bandwidth; each message has the whole bandwidth for itself. */
export interface LinkSettings {
  bandwidthMbps: number;
  latencyMs: number;
  /** Probability that a message is lost, 0 to 1. */
  loss: number;
  /** How often a message that is lost is sent again, at once. */
  maximumRetries: number;
  /** Probability that one that is not lost comes out twice, 0 to 1. */
  duplication: number;
  /** Probability that what comes out is damaged, which its receiver's checksum shows, 0 to 1. */
  corruption: number;
  /** Extra delay, drawn for everything that comes out by itself, so that messages may overtake. */
  jitterS?: DurationModel | undefined;
  /** Where messages to the server above, or from it, differ. */
  up?: DirectionSettings | undefined;
  down?: DirectionSettings | undefined;
}

/** Properties that a direction of a link may have values of its own for. */
export type DirectionSettings = Partial<
  Record<'bandwidthMbps' | 'latencyMs' | 'loss', number | undefined>
>;

interface ConstantLinkSettings {
  /** Between workers and servers, but for workers with one of their own. */
  workerLink: LinkSettings;
  /** Properties there that depend on the signal of a contact; null: none. */
  signal: SignalSettings | null;
  /** By server, and by worker that has one of its own: the link to the server above. */
  links: ReadonlyMap<string, LinkSettings>;
}

/** The settings of every link, each direction by itself. */
export function linkTable({
  workerLink,
  links,
}: Pick<ConstantLinkSettings, 'workerLink' | 'links'>): (
  way: Pick<LinkWay, 'lower' | 'direction'>,
) => LinkSettings {
  const ofWay = (direction: 'up' | 'down') => ({
    workers: directed(workerLink, direction),
    own: new Map([...links].map(([lower, link]) => [lower, directed(link, direction)])),
  });
  const ways = { up: ofWay('up'), down: ofWay('down') };
  return ({ lower, direction }) => ways[direction].own.get(lower) ?? ways[direction].workers;
}

function directed(link: LinkSettings, direction: 'up' | 'down'): LinkSettings {
  return { ...link, ...(defined(link[direction] ?? {}) as Partial<LinkSettings>) };
}

/** Without what is undefined. */
export function defined<Settings extends object>(settings: Settings): Partial<Settings> {
  const known = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known) as Partial<Settings>;
}

/** Links whose settings hold for the whole run; over radio, a contact's signal may give rate and loss. */
export function constantLinks({ workerLink, signal, links }: ConstantLinkSettings): LinkModel {
  const linkOf = linkTable({ workerLink, links });
  return {
    plainUs: (transfer) => plainUs(linkOf(transfer), signal, transfer, transfer.sentUs),
    carry: (transfer, random) => carry(linkOf(transfer), signal, transfer, random),
  };
}

/**
 * Draws only where something is random: for the loss of each attempt, for duplication, then for each copy
 * corruption and jitter.
 */
function carry(
  link: LinkSettings,
  signal: SignalSettings | null,
  transfer: Transfer,
  random: () => RandomStream,
): Carried {
  const { duplication, corruption, jitterS, maximumRetries } = link;
  const happens = (probability: number) => probability > 0 && random().float() < probability;
  const { sentUs } = transfer;
  let startUs = sentUs;
  for (let attempt = 0; attempt <= maximumRetries; attempt += 1) {
    const endUs = startUs + plainUs(link, signal, transfer, startUs);
    if (!happens(lossOf(link, signal, transfer, startUs, endUs))) {
      const copies: Copy[] = [];
      for (let left = happens(duplication) ? 2 : 1; left > 0; left -= 1) {
        const corrupted = happens(corruption);
        const extraUs = jitterS === undefined ? 0 : drawDurationUs(jitterS, random);
        copies.push({ delayUs: endUs - sentUs + extraUs, corrupted });
      }
      return { retries: attempt, copies };
    }
    startUs = endUs;
  }
  return { retries: maximumRetries, copies: [] };
}

/** In whole microseconds, of a message whose first bit is sent at `sentUs`. */
function plainUs(
  { latencyMs, bandwidthMbps }: LinkSettings,
  settings: SignalSettings | null,
  { signal, direction, bytes }: Transfer,
  sentUs: TimeUs,
): TimeUs {
  const rate = settings?.rate;
  if (settings && rate && signal) {
    const endUs = sentOverSignalUs(signal, direction, { ...settings, rate }, bytes * 8, sentUs);
    return Math.ceil(latencyMs * 1000 + endUs - sentUs);
  }
  // A megabit a second is a bit a microsecond.
  return Math.round(latencyMs * 1000 + (bytes * 8) / bandwidthMbps);
}

/** Probability that a message is lost which is sent in that time. */
export function lossOf(
  { loss }: LinkSettings,
  settings: SignalSettings | null,
  { signal, direction }: LinkWay,
  fromUs: TimeUs,
  toUs: TimeUs,
): number {
  if (!settings?.loss || !signal) return loss;
  const ofSignal = meanLoss(signal, direction, { ...settings, loss: settings.loss }, fromUs, toUs);
  return 1 - (1 - loss) * (1 - ofSignal);
}
