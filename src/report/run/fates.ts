import type { DropReason, Outcome } from '../../journal/reasons.ts';

/** Ends of everything that was started: of gradients, or of edge results. */
export interface Fates {
  started: number;
  aggregated: number;
  dropped: number;
  droppedBy: Partial<Record<DropReason, number>>;
  lost: number;
  /** Still under way when the run, or the journal, ended. */
  inFlight: number;
}

/** Counts fates and checks that everything that starts has exactly one end. */
export class FateLedger {
  readonly #what: string;
  readonly #open = new Set<string | number>();
  readonly #violations: string[] = [];
  readonly #ended: Record<Outcome, number> = { aggregated: 0, dropped: 0, lost: 0, 'in-flight': 0 };
  readonly #droppedBy: Partial<Record<DropReason, number>> = {};
  #started = 0;

  /** `what` names the things in violations: "gradient". */
  constructor(what: string) {
    this.#what = what;
  }

  start(id: string | number): void {
    if (this.#open.has(id)) this.#violations.push(`${this.#what} ${id} started twice`);
    this.#open.add(id);
    this.#started += 1;
  }

  end(id: string | number, outcome: Outcome, reason?: DropReason): void {
    if (!this.#open.delete(id)) {
      this.#violations.push(`${this.#what} ${id} ended (${outcome}) while it was not under way`);
    }
    this.#ended[outcome] += 1;
    if (outcome !== 'dropped') return;
    if (reason) this.#droppedBy[reason] = (this.#droppedBy[reason] ?? 0) + 1;
    else this.#violations.push(`${this.#what} ${id} was dropped without a reason`);
  }

  fates(): Fates {
    return {
      started: this.#started,
      aggregated: this.#ended.aggregated,
      dropped: this.#ended.dropped,
      droppedBy: { ...this.#droppedBy },
      lost: this.#ended.lost,
      inFlight: this.#ended['in-flight'] + this.#open.size,
    };
  }

  /** Violations of conservation; in a run that has ended, also starts without an end. */
  violations(runEnded: boolean): string[] {
    const endless = runEnded ? [...this.#open].map((id) => `${this.#what} ${id} has no end`) : [];
    return [...this.#violations, ...endless];
  }
}
