import type { WallClock } from '../protocol/live-clock.ts';

const KEPT = 16;

/**
 * How far the coordinator's wall clock is ahead of this process's, from questions and answers: each
 * is off by at most half of what it took, so the quickest of the last ones counts.
 */
export class WallSync {
  readonly #wallUs: WallClock;
  #samples: { tookUs: number; aheadUs: number }[] = [];

  constructor(wallUs: WallClock) {
    this.#wallUs = wallUs;
  }

  /** The coordinator's wall time, as far as known. */
  readonly coordinatorWallUs = (): number => this.#wallUs() + this.#aheadUs;

  /** Enough for a first estimate. */
  get isKnown(): boolean {
    return this.#samples.length >= KEPT / 2;
  }

  /** `askedUs`: this process's wall time at the question; `theirsUs`: what was answered. */
  answered(askedUs: number, theirsUs: number): void {
    const nowUs = this.#wallUs();
    const sample = { tookUs: nowUs - askedUs, aheadUs: theirsUs - (askedUs + nowUs) / 2 };
    this.#samples = [...this.#samples, sample].slice(-KEPT);
  }

  get #aheadUs(): number {
    if (this.#samples.length === 0) return 0;
    return this.#samples.reduce((best, each) => (each.tookUs < best.tookUs ? each : best)).aheadUs;
  }
}
