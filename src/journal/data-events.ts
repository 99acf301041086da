/** Events of the items that workers learn from. Times are microseconds of simulation time. */
export type DataEvent =
  /** The samples of an owner were used up, and are shuffled; `times`: how often so far. */
  | { type: 'data-reshuffled'; owner: string; times: number }
  /**
   * Samples that a worker has collected since the last such event. `regions`: by region, the
   * samples of each label (of numbers to learn: all in one). `outside`: moments for a sample at
   * which it was in no region. `overwritten`: samples that went for a newer one. `left`: samples
   * that left the map with it.
   */
  | {
      type: 'samples-collected';
      worker: string;
      regions: Record<string, number[]>;
      outside: number;
      overwritten: number;
      left: number;
    };
