import type { SimulatedLine } from '../../journal/events.ts';

/** Failures in a run. */
export interface FailureFacts {
  crashes: number;
  /** Links cut. */
  cuts: number;
  /** By node: seconds for which it was down. */
  downS: Record<string, number>;
  /** By server: seconds for which its link to the one above was cut. */
  cutS: Record<string, number>;
}

/** Counts failures and how long they last. */
export class FailureTally {
  readonly #down = new Outages();
  readonly #cut = new Outages();

  add(line: SimulatedLine): void {
    if (line.type === 'crashed') this.#down.begin(line.node, line.timeUs);
    else if (line.type === 'recovered') this.#down.end(line.node, line.timeUs);
    else if (line.type === 'cut') this.#cut.begin(line.server, line.timeUs);
    else if (line.type === 'restored') this.#cut.end(line.server, line.timeUs);
  }

  /** Failures without an end last until `endUs`. */
  facts(endUs: number): FailureFacts {
    return {
      crashes: this.#down.count,
      cuts: this.#cut.count,
      downS: this.#down.secondsUntil(endUs),
      cutS: this.#cut.secondsUntil(endUs),
    };
  }
}

class Outages {
  count = 0;
  readonly #sinceUs = new Map<string, number>();
  readonly #overUs = new Map<string, number>();

  begin(id: string, timeUs: number): void {
    this.count += 1;
    this.#sinceUs.set(id, timeUs);
  }

  end(id: string, timeUs: number): void {
    this.#overUs.set(id, this.#lastedUs(id, timeUs));
    this.#sinceUs.delete(id);
  }

  secondsUntil(endUs: number): Record<string, number> {
    const ids = new Set([...this.#overUs.keys(), ...this.#sinceUs.keys()]);
    return Object.fromEntries([...ids].map((id) => [id, this.#lastedUs(id, endUs) / 1e6]));
  }

  #lastedUs(id: string, timeUs: number): number {
    return (this.#overUs.get(id) ?? 0) + timeUs - (this.#sinceUs.get(id) ?? timeUs);
  }
}
