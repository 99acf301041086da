import type { SimulatedLine } from '../../journal/events.ts';

/** Ends of one worker's work: gradients, or in a tree of models its updates. */
export interface WorkerShare {
  worker: string;
  aggregated: number;
  dropped: number;
  lost: number;
  inFlight: number;
}

/** Counts by worker how its gradients, or updates, ended. */
export class ParticipationTally {
  readonly #workers = new Map<string, WorkerShare>();
  #servers = new Set<string>();

  add(line: SimulatedLine): void {
    if (line.type === 'run-started') {
      this.#servers = new Set(line.servers.map(({ id }) => id));
    } else if (line.type === 'gradient-ended') {
      this.#count(line.worker, line.outcome);
    } else if (line.type === 'update-ended' && !this.#servers.has(line.node)) {
      this.#count(line.node, line.outcome);
    } else if (line.type === 'gradient-started') {
      // One that never comes to an end is a worker too.
      this.#of(line.worker);
    }
  }

  /** The one of most aggregated work first, equals by name. */
  shares(): WorkerShare[] {
    return [...this.#workers.values()].sort(
      (a, b) => b.aggregated - a.aggregated || (a.worker < b.worker ? -1 : 1),
    );
  }

  #count(worker: string, outcome: 'aggregated' | 'dropped' | 'lost' | 'in-flight'): void {
    const share = this.#of(worker);
    share[outcome === 'in-flight' ? 'inFlight' : outcome] += 1;
  }

  #of(worker: string): WorkerShare {
    let share = this.#workers.get(worker);
    if (share === undefined) {
      share = { worker, aggregated: 0, dropped: 0, lost: 0, inFlight: 0 };
      this.#workers.set(worker, share);
    }
    return share;
  }
}
