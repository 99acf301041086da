/** Wall time from one checkpoint to the next: what a kill costs at most. */
const EVERY_US = 5e6;
/** After a checkpoint there is none for this many times its own time. */
const REST = 20;

/** When a run writes checkpoints: after a number of rounds, or else by wall time. No result depends on it. */
export class CheckpointSchedule {
  readonly #everyRounds: number | null;
  readonly #nowUs: () => number;
  #rounds: number;
  /** When the last one was begun, or written. */
  #lastUs: number;
  #restUs = EVERY_US;

  /** `rounds`: that have ended already. `nowUs`: wall time. */
  constructor(everyRounds: number | null, rounds: number, nowUs: () => number) {
    this.#everyRounds = everyRounds;
    this.#nowUs = nowUs;
    this.#rounds = rounds;
    this.#lastUs = nowUs();
  }

  isDue(rounds: number): boolean {
    if (this.#everyRounds !== null) return rounds - this.#rounds >= this.#everyRounds;
    return this.#nowUs() - this.#lastUs >= this.#restUs;
  }

  /** One is begun, when these rounds have ended. */
  begin(rounds: number): void {
    this.#rounds = rounds;
    this.#lastUs = this.#nowUs();
  }

  /** It is written. */
  end(): void {
    const nowUs = this.#nowUs();
    this.#restUs = Math.max(EVERY_US, REST * (nowUs - this.#lastUs));
    this.#lastUs = nowUs;
  }
}
