import type { TimeUs } from '../simulation/time.ts';

/** When a message takes a link. */
interface Passage {
  /** Its first bit leaves. */
  startUs: TimeUs;
  /** Its last bit leaves. */
  endUs: TimeUs;
}

/**
 * Lets messages through one after another at a rate. Unused capacity of an idle link is kept, up to
 * a depth that passes at once. Counted in time on the link, so that the rate may differ from
 * message to message.
 */
export class TokenBucket {
  /** When all that was let through would have left at the rate. */
  #freeUs: TimeUs = Number.NEGATIVE_INFINITY;

  /** `sendingUs`: the time of its bits at the rate; `depthUs`: of those that pass at once. */
  take(nowUs: TimeUs, sendingUs: TimeUs, depthUs: TimeUs): Passage {
    this.#freeUs = Math.max(this.#freeUs, nowUs - depthUs) + sendingUs;
    const endUs = Math.max(nowUs, this.#freeUs);
    return { startUs: Math.max(nowUs, this.#freeUs - sendingUs), endUs };
  }
}
