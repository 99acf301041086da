import type { WallClock } from '../protocol/live-clock.ts';

const KEPT = 16;

/**
 * How far the coordinator's wall clock is ahead of this process's, from its answers. Each shows a time
 * that the coordinator's clock has passed; the one that was on its way for the least time counts.
 *
 * So this process's time is behind the coordinator's by that least time and never ahead of it, and the
 * journal, which has events on arrival, has none before its time.
 */
export class WallSync {
  readonly #wallUs: WallClock;
  #aheadUs: number[] = [];

  constructor(wallUs: WallClock) {
    this.#wallUs = wallUs;
  }

  /** The coordinator's wall time, as far as known. */
  readonly coordinatorWallUs = (): number => {
    return this.#wallUs() + (this.#aheadUs.length === 0 ? 0 : Math.max(...this.#aheadUs));
  };

  /** Enough for a first estimate. */
  get isKnown(): boolean {
    return this.#aheadUs.length >= KEPT / 2;
  }

  /** `theirsUs`: the coordinator's wall time, in an answer that has just come. */
  answered(theirsUs: number): void {
    this.#aheadUs = [...this.#aheadUs, theirsUs - this.#wallUs()].slice(-KEPT);
  }
}
