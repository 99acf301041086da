import type { SimulatedLine } from '../../journal/events.ts';

/** How many workers were associated with a server, and how many of these were Byzantine, for a while. */
export interface ConcentrationSpan {
  server: string;
  fromS: number;
  toS: number;
  workers: number;
  byzantine: number;
}

type MoveOrFault =
  | { timeUs: number; worker: string; server: string | null }
  | { timeUs: number; worker: string; isByzantine: boolean };

/** Follows where workers are and which are Byzantine: mobility may bring Byzantine workers together. */
export class ConcentrationTally {
  readonly #changes: MoveOrFault[] = [];
  #fixed: readonly string[] = [];

  add(line: SimulatedLine): void {
    const { timeUs } = line;
    if (line.type === 'run-started') {
      this.#fixed = line.byzantine.worker ?? [];
    } else if (line.type === 'associate') {
      this.#changes.push({ timeUs, worker: line.worker, server: line.server });
    } else if (line.type === 'turned-byzantine' || line.type === 'turned-honest') {
      this.#changes.push({
        timeUs,
        worker: line.node,
        isByzantine: line.type === 'turned-byzantine',
      });
    }
  }

  /** Spans in which nothing changed at a server, each longer than nothing; those without workers left out. */
  spans(endUs: number): ConcentrationSpan[] {
    // Fixed Byzantine nodes begin honest where events turn them; without such events they always are.
    const haveTurns = this.#changes.some((change) => {
      return 'isByzantine' in change && this.#fixed.includes(change.worker);
    });
    const byzantine = new Set(haveTurns ? [] : this.#fixed);
    const places = new Map<string, string>();
    const open = new Map<string, { fromUs: number; workers: number; byzantine: number }>();
    const spans: ConcentrationSpan[] = [];
    const count = (
      server: string | undefined,
      timeUs: number,
      workers: number,
      attackers: number,
    ) => {
      if (server === undefined) return;
      const before = open.get(server) ?? { fromUs: timeUs, workers: 0, byzantine: 0 };
      if (before.workers > 0 && timeUs > before.fromUs) {
        const { fromUs, ...counts } = before;
        spans.push({ server, fromS: fromUs / 1e6, toS: timeUs / 1e6, ...counts });
      }
      open.set(server, {
        fromUs: timeUs,
        workers: before.workers + workers,
        byzantine: before.byzantine + attackers,
      });
    };
    for (const change of this.#changes) {
      const { timeUs, worker } = change;
      const place = places.get(worker);
      if ('isByzantine' in change) {
        if (byzantine.has(worker) === change.isByzantine) continue;
        count(place, timeUs, 0, change.isByzantine ? 1 : -1);
        if (change.isByzantine) byzantine.add(worker);
        else byzantine.delete(worker);
        continue;
      }
      const attacker = byzantine.has(worker) ? 1 : 0;
      count(place, timeUs, -1, -attacker);
      if (change.server === null) places.delete(worker);
      else places.set(worker, change.server);
      count(change.server ?? undefined, timeUs, 1, attacker);
    }
    for (const server of open.keys()) count(server, endUs, 0, 0);
    return spans;
  }
}
