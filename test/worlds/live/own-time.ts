/** The longest pause between two looks at the clock that counts whole, in milliseconds. */
const LONGEST_MS = 4;

/**
 * Real time without the time in which this process could not run: so what happens in a live world until
 * some simulated time does not depend on what else the machine does.
 */
export class OwnTime {
  #lastMs = performance.now();
  #countedMs = 0;
  #users = 0;
  #looks: NodeJS.Timeout | undefined;

  get nowUs(): number {
    const nowMs = performance.now();
    this.#countedMs += Math.min(nowMs - this.#lastMs, LONGEST_MS);
    this.#lastMs = nowMs;
    return this.#countedMs * 1000;
  }

  /** Counts time in which this process waits, until `stop` is called as often. */
  start(): void {
    this.#users += 1;
    this.#looks ??= setInterval(() => this.nowUs, 2).unref();
  }

  stop(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    clearInterval(this.#looks);
    this.#looks = undefined;
  }
}
