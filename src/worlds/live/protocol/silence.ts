import type { WallClock } from './live-clock.ts';

/** Between two looks no more than this counts: for longer this process itself did nothing. */
const AWAKE_US = 1_000_000;

/**
 * For how long a peer has said nothing while this process was awake to hear it: one that was
 * stopped, or busy, has yet to read what came meanwhile. It must be looked at every so often.
 */
export class Silence {
  readonly #wallUs: WallClock;
  #lookedUs: number;
  #silentUs = 0;

  constructor(wallUs: WallClock) {
    this.#wallUs = wallUs;
    this.#lookedUs = wallUs();
  }

  heard(): void {
    this.#silentUs = 0;
  }

  /** In seconds. */
  look(): number {
    const nowUs = this.#wallUs();
    this.#silentUs += Math.min(nowUs - this.#lookedUs, AWAKE_US);
    this.#lookedUs = nowUs;
    return this.#silentUs / 1e6;
  }
}
