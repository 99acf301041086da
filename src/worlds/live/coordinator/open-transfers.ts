import type { SendingEvent } from '../../../journal/sending-events.ts';

/** Ends that wait for the report of their beginning; the oldest gives way to another. */
const MOST_EARLY = 4096;

/** Plain data: transfers under way. */
export type OpenTransfersState = SendingEvent[];

/**
 * Transfers under way in a live run, so that each begins before it ends: the two are reported by
 * different processes, and an end that is reported first waits. Transfers of a lost process may have
 * no end.
 */
export class OpenTransfers {
  /** By key; a model of one version may be sent twice. */
  readonly #open = new Map<string, SendingEvent[]>();
  readonly #early = new Map<string, SendingEvent>();

  constructor(saved: OpenTransfersState = []) {
    for (const event of saved) this.#begin(event);
  }

  save(): OpenTransfersState {
    return structuredClone([...this.#open.values()].flat());
  }

  /** Out: the events to record now, in that order. */
  enter(event: SendingEvent): SendingEvent[] {
    const key = keyOf(event);
    if (event.type === 'transfer-ended') {
      if (this.#end(key)) return [event];
      this.#early.set(key, event);
      if (this.#early.size > MOST_EARLY) this.#early.delete(this.#early.keys().next().value!);
      return [];
    }
    const end = this.#early.get(key);
    this.#early.delete(key);
    if (end !== undefined) return [event, end];
    this.#begin(event);
    return [event];
  }

  /** The ends of what was on its way to these nodes, which are lost. */
  lose(nodes: ReadonlySet<string>): SendingEvent[] {
    return this.#endWhere(({ to }) => nodes.has(to));
  }

  /** The ends of all: the run continues with other processes. */
  loseAll(): SendingEvent[] {
    this.#early.clear();
    return this.#endWhere(() => true);
  }

  #endWhere(isSuch: (event: SendingEvent) => boolean): SendingEvent[] {
    const such = [...this.#open.values()].flat().filter(isSuch);
    for (const event of such) this.#end(keyOf(event));
    return such.map(({ from, to, what, number }) => {
      return { type: 'transfer-ended', from, to, what, number, outcome: 'lost' };
    });
  }

  #begin(event: SendingEvent): void {
    const key = keyOf(event);
    this.#open.set(key, [...(this.#open.get(key) ?? []), event]);
  }

  #end(key: string): boolean {
    const open = this.#open.get(key);
    if (open === undefined) return false;
    open.pop();
    if (open.length === 0) this.#open.delete(key);
    return true;
  }
}

function keyOf({ from, to, what, number }: SendingEvent): string {
  return JSON.stringify([from, to, what, number]);
}
