/** Callers that wait until some computation of a pool is done. After a failure all fail. */
export class Completions {
  #waiters: { resolve: () => void; reject: (error: Error) => void }[] = [];
  #failure: Error | null = null;

  get hasFailed(): boolean {
    return this.#failure !== null;
  }

  /** Resolves at the next `notify`. Rejects with the first failure. */
  next(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  /** A computation is done. */
  notify(): void {
    for (const { resolve } of this.#waiters.splice(0)) resolve();
  }

  fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiters.splice(0)) reject(this.#failure);
  }
}
