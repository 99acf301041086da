import type { TimeUs } from '../simulation/time.ts';
import type { LinkModel, Transfer } from './link-model.ts';
import { TokenBucket } from './token-bucket.ts';

/** Burst of an idle link: a packet of Ethernet. */
const DEPTH_BYTES = 1500;

/** A message that is about to be sent. */
interface ShapedMessage {
  transfer: Transfer;
  /** How often it is sent, repetitions and copies among them. */
  sendings: number;
}

/** Shapes the links of this process's senders: a token bucket for each direction, then a delay line. */
export class LinkShaper {
  readonly #links: LinkModel;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(links: LinkModel) {
    this.#links = links;
  }

  /** When its first bit is sent, and how long after that its last bit arrives. */
  shape({ transfer, sendings }: ShapedMessage): { sentUs: TimeUs; plainUs: TimeUs } {
    const { lower, upper, direction, bytes, sentUs } = transfer;
    const key = JSON.stringify([lower, upper, direction]);
    const bucket = this.#buckets.get(key) ?? new TokenBucket();
    this.#buckets.set(key, bucket);
    const latencyUs = this.#links.plainUs({ ...transfer, bytes: 0 });
    const sendingUs = this.#links.plainUs(transfer) - latencyUs;
    const depthUs = bytes === 0 ? 0 : Math.round((sendingUs * DEPTH_BYTES) / bytes);
    const { startUs, endUs } = bucket.take(sentUs, sendingUs, depthUs);
    // Those after the first one come as the link's model has them, and keep it from others as long.
    for (let more = 1; more < sendings; more += 1) bucket.take(sentUs, sendingUs, depthUs);
    return { sentUs: startUs, plainUs: endUs - startUs + latencyUs };
  }
}
