/**
 * Estimates when a value that grows comes to its end, from its mean rate up to the last time it
 * grew. Counts down from there, so the estimate does not rise while nothing is heard.
 */
export class Remaining {
  readonly #startMs: number;
  readonly #startValue: number;
  readonly #end: number;
  #value: number;
  #grownMs: number;

  constructor(value: number, end: number, nowMs = performance.now()) {
    this.#startMs = nowMs;
    this.#startValue = value;
    this.#end = end;
    this.#value = value;
    this.#grownMs = nowMs;
  }

  reach(value: number, nowMs = performance.now()): void {
    if (value <= this.#value) return;
    this.#value = value;
    this.#grownMs = nowMs;
  }

  /** Null before the value has grown, when there is no basis, and when the estimate is over. */
  secondsLeft(nowMs = performance.now()): number | null {
    const grown = this.#value - this.#startValue;
    if (grown <= 0) return null;
    const leftMs = ((this.#grownMs - this.#startMs) * (this.#end - this.#value)) / grown;
    const remainingMs = leftMs - (nowMs - this.#grownMs);
    return remainingMs < 0 ? null : remainingMs / 1000;
  }
}
