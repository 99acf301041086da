/** By how many versions vectors were behind when they were aggregated. */
export interface Staleness {
  mean: number;
  maximum: number;
}

/** Gathers the staleness of vectors. */
export class StalenessTally {
  #count = 0;
  #sum = 0;
  #maximum = 0;

  /** Adds `count` vectors with that mean and maximum. */
  add({ mean, maximum }: Staleness, count: number): void {
    this.#count += count;
    this.#sum += mean * count;
    this.#maximum = Math.max(this.#maximum, maximum);
  }

  addOne(staleness: number): void {
    this.add({ mean: staleness, maximum: staleness }, 1);
  }

  /** Null when nothing was aggregated. */
  staleness(): Staleness | null {
    if (this.#count === 0) return null;
    return { mean: this.#sum / this.#count, maximum: this.#maximum };
  }
}
