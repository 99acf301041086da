import type { SimulatedLine } from '../../journal/events.ts';
import { type Column, csvOf } from '../format/columns.ts';
import { type Content, ContentReplay } from './contents.ts';

/** When a window of all workers was back at one of them. */
export interface LatencyRow {
  worker: string;
  window: number;
  /** Null: never (censored). */
  receivedS: number | null;
  latencyS: number | null;
}

/** The latency of a run, its greatest one first over windows, then over workers. */
export interface Latency {
  /** Null when no window came back to any worker. */
  worst: { worker: string; window: number; latencyS: number } | null;
  /** Pairs of a worker and a window that have no latency, and all pairs. */
  censored: number;
  of: number;
  byWorker: Map<string, { latencyS: number | null; censored: number }>;
  rows: LatencyRow[];
}

/**
 * Latency as published for the edge hierarchies: tr is when worker i first receives from its parent a
 * model that contains window j, or a later one, of every worker; t is when worker k has processed window
 * j. The latency of (i, j) is the least of tr - t over k: since the last worker that processed it.
 */
export class LatencyTally {
  readonly #replay = new ContentReplay();
  /** By window: when the last worker so far has processed it. */
  readonly #lastTrainedUs: number[] = [];
  /** By worker: its rows so far, in the order of windows. */
  readonly #rows = new Map<string, LatencyRow[]>();
  /** By content: the window of which it contains that or a later one of every worker. */
  readonly #common = new WeakMap<Content, number>();
  #workers = 0;

  add(line: SimulatedLine): void {
    const received = this.#replay.add(line);
    if (line.type === 'run-started') this.#workers = line.workers;
    else if (line.type === 'enter-map') this.#of(line.worker);
    else if (line.type === 'window-trained') {
      this.#of(line.worker);
      this.#lastTrainedUs[line.window] = line.timeUs;
    } else if (line.type === 'model-received' && received !== null) {
      const rows = this.#rows.get(line.node);
      if (rows !== undefined) this.#receive(line.node, line.timeUs, received, rows);
    }
  }

  latency(): Latency {
    const windows = Math.max(0, this.#lastTrainedUs.length - 1);
    const rows = [...this.#rows].flatMap(([worker, back]) => [
      ...back,
      ...Array.from({ length: Math.max(0, windows - back.length) }, (_, index) => {
        const window = back.length + index + 1;
        return { worker, window, receivedS: null, latencyS: null };
      }),
    ]);
    let worst: Latency['worst'] = null;
    const byWorker: Latency['byWorker'] = new Map();
    for (const { worker, window, latencyS } of rows) {
      const own = byWorker.get(worker) ?? { latencyS: null, censored: 0 };
      byWorker.set(worker, own);
      if (latencyS === null) {
        own.censored += 1;
        continue;
      }
      own.latencyS = Math.max(own.latencyS ?? 0, latencyS);
      if (worst === null || latencyS > worst.latencyS) worst = { worker, window, latencyS };
    }
    const censored = rows.filter(({ latencyS }) => latencyS === null).length;
    return { worst, censored, of: rows.length, byWorker, rows };
  }

  #of(worker: string): LatencyRow[] {
    const rows = this.#rows.get(worker) ?? [];
    this.#rows.set(worker, rows);
    return rows;
  }

  #receive(worker: string, timeUs: number, content: Content, rows: LatencyRow[]): void {
    const common = this.#commonWindow(content);
    for (let window = rows.length + 1; window <= common; window += 1) {
      const lastUs = this.#lastTrainedUs[window];
      const latencyS = lastUs === undefined ? null : (timeUs - lastUs) / 1e6;
      rows.push({ worker, window, receivedS: timeUs / 1e6, latencyS });
    }
  }

  #commonWindow(content: Content): number {
    if (content.length < Math.max(1, this.#workers)) return 0;
    let common = this.#common.get(content);
    if (common === undefined) {
      common = content.reduce((least, window) => Math.min(least, window));
      this.#common.set(content, common);
    }
    return common;
  }
}

export const latencyColumns: readonly Column<LatencyRow>[] = [
  {
    name: 'worker',
    type: 'text',
    unit: null,
    meaning: 'worker that receives',
    value: (row) => row.worker,
  },
  {
    name: 'window',
    type: 'integer',
    unit: null,
    meaning: 'number of the window, from 1',
    value: (row) => row.window,
  },
  {
    name: 'received_s',
    type: 'number',
    unit: 's',
    meaning:
      'first model from its parent that contains this window, or a later one, of every worker',
    value: (row) => row.receivedS,
  },
  {
    name: 'latency_s',
    type: 'number',
    unit: 's',
    meaning: 'time since the last worker had processed the window; empty: censored',
    value: (row) => row.latencyS,
  },
];

/** latency.csv: one line a worker and window. */
export function latencyCsv(rows: readonly LatencyRow[]): string {
  return csvOf(latencyColumns, rows);
}
