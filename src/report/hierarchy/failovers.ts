import type { SimulatedLine } from '../../journal/events.ts';

/** The children of a lost server went to its standby. */
export interface FailoverFacts {
  server: string;
  standby: string;
  /** Seconds since the run began. */
  lostS: number;
  /** From then to the first merge there of an update of one of them; null: none before they went back. */
  mergedAfterS: number | null;
}

/** How often children of a lost server went to its standby, and how long they were without a server. */
export class FailoverTally {
  readonly #failovers: FailoverFacts[] = [];
  /** By child: the last one that took it to a standby, while it is there. */
  readonly #ofChild = new Map<string, FailoverFacts>();

  get failovers(): readonly FailoverFacts[] {
    return this.#failovers;
  }

  add(line: SimulatedLine): void {
    if (line.type === 'failover') this.#add(line);
    if (line.type !== 'update-ended' || line.outcome !== 'aggregated') return;
    const failover = this.#ofChild.get(line.node);
    if (failover?.standby !== line.server) return;
    failover.mergedAfterS ??= Math.round(line.timeUs - failover.lostS * 1e6) / 1e6;
  }

  #add({ server, to, children, timeUs }: SimulatedLine & { type: 'failover' }): void {
    for (const child of children) this.#ofChild.delete(child);
    if (server === to) return;
    const failover = { server, standby: to, lostS: timeUs / 1e6, mergedAfterS: null };
    this.#failovers.push(failover);
    for (const child of children) this.#ofChild.set(child, failover);
  }
}

/** The failovers of a run in one line; null: there was none. */
export function failoversText(failovers: readonly FailoverFacts[]): string | null {
  if (failovers.length === 0) return null;
  const times = failovers.flatMap(({ mergedAfterS }) => mergedAfterS ?? []);
  const without = failovers.length - times.length;
  const parts = [`${failovers.length} to a standby`];
  if (times.length > 0) {
    const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
    const most = times.reduce((one, other) => Math.max(one, other));
    parts.push(
      `first merge there ${mean.toFixed(1)} s after the loss, ${most.toFixed(1)} s at most`,
    );
  }
  if (without > 0) parts.push(`${without} without one`);
  return parts.join('; ');
}
