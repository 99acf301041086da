/** Wall time since it was made or last restarted. Only for what no result depends on. */
export class Stopwatch {
  #sinceMs = performance.now();

  get elapsedMs(): number {
    return performance.now() - this.#sinceMs;
  }

  restart(): void {
    this.#sinceMs = performance.now();
  }
}
