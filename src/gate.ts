/** Callers that wait together until something happens; after a failure all fail. */
export class Gate {
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  #failure: Error | null = null;

  get hasFailed(): boolean {
    return this.#failure !== null;
  }

  /** Resolves at the next `open`. Rejects with the first failure. */
  wait(): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  /** Lets those go on that wait now. */
  open(): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /** Those that wait now or later fail. */
  fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
