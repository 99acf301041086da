/**
 * At most this much counts between two looks: if more has passed, this process itself was stalled.
 */
const AWAKE_US = 1_000_000;

/**
 * Time since the peer last sent, not counting time in which this process was stalled: after a stall
 * it has yet to read what arrived meanwhile. `look` must be called at short intervals.
 */
export class Silence {
  readonly #wallUs: () => number;
  #lookedUs: number;
  #silentUs = 0;

  constructor(wallUs = () => performance.now() * 1000) {
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
