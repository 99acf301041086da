import { type Column, csvOf } from '../format/columns.ts';

/** A worker goes from one server to another without a gap. */
export interface Handover {
  timeUs: number;
  worker: string;
  from: string;
  to: string;
  /** How long it was with the first one. */
  stayUs: number;
  /** True where it came to the first one by a handover from the second one. */
  isBack: boolean;
}

/** Finds handovers in associations, of a journal's events or of a plan's, in order of time. */
export class HandoverTally {
  /** Those so far that go back to the server before. */
  readonly back: Handover[] = [];
  readonly #at = new Map<string, { server: string; sinceUs: number; before: string | null }>();

  /** Null where the association is no handover. */
  add({
    timeUs,
    worker,
    server,
  }: {
    timeUs: number;
    worker: string;
    server: string | null;
  }): Handover | null {
    const last = this.#at.get(worker);
    if (server === null) {
      this.#at.delete(worker);
      return null;
    }
    this.#at.set(worker, { server, sinceUs: timeUs, before: last?.server ?? null });
    if (last === undefined) return null;
    const { server: from, sinceUs, before } = last;
    const isBack = before === server;
    const handover = { timeUs, worker, from, to: server, stayUs: timeUs - sinceUs, isBack };
    if (isBack) this.back.push(handover);
    return handover;
  }
}

/** Whether a worker went back so soon that its first handover was in vain. */
export function isPingPong({ isBack, stayUs }: Handover, pingPongS: number): boolean {
  return isBack && stayUs <= pingPongS * 1e6;
}

/** The columns of handovers.csv. */
export const handoverColumns: readonly Column<Handover>[] = [
  {
    name: 'sim_time_s',
    type: 'number',
    unit: 's',
    meaning: 'simulation time of the handover',
    value: ({ timeUs }) => timeUs / 1e6,
  },
  {
    name: 'worker',
    type: 'text',
    unit: null,
    meaning: 'worker that is handed over',
    value: ({ worker }) => worker,
  },
  {
    name: 'from',
    type: 'text',
    unit: null,
    meaning: 'server that it was with',
    value: ({ from }) => from,
  },
  {
    name: 'to',
    type: 'text',
    unit: null,
    meaning: 'server that it is with now',
    value: ({ to }) => to,
  },
  {
    name: 'stay_s',
    type: 'number',
    unit: 's',
    meaning: 'how long it was with the first one',
    value: ({ stayUs }) => stayUs / 1e6,
  },
  {
    name: 'back',
    type: 'boolean',
    unit: null,
    meaning: 'whether the handover before was the reverse one; soon after it, it is a ping-pong',
    value: ({ isBack }) => isBack,
  },
];

/** handovers.csv: one line a handover, in the journal's order. */
export function handoversCsv(handovers: readonly Handover[]): string {
  return csvOf(handoverColumns, handovers);
}
