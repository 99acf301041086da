import type { SimulatedEvent } from '../../../journal/events.ts';

/** Something that a process has reported. */
interface Reported {
  /** Null for what follows to an event before it. */
  event: SimulatedEvent | null;
  record: () => void;
}

/**
 * Puts the reports of a tree's processes into an order in which a cause comes before what follows from
 * it: that a model or an update has come to a node, and all that its process reports after that, waits
 * until its sender's process has reported that it was sent. Both reports are under way at once.
 */
export class CausalOrder {
  /** By slot: what waits, the first of it for its cause. Slots without are left out. */
  readonly #waiting = new Map<number, Reported[]>();
  /** By sender and receiver: the newest version sent. */
  readonly #models = new Map<string, number>();
  /** Updates that were sent and have not ended. */
  readonly #updates = new Set<number>();
  /** Nodes whose process was lost, perhaps before it had reported what it sent. */
  readonly #lost = new Set<string>();

  /** How many reports of a slot wait. */
  waitingFrom(slot: number): number {
    return this.#waiting.get(slot)?.length ?? 0;
  }

  take(slot: number, reported: Reported): void {
    const waiting = this.#waiting.get(slot);
    if (waiting !== undefined) waiting.push(reported);
    else if (this.#waits(reported)) this.#waiting.set(slot, [reported]);
    else if (this.#record(reported)) this.#goOn();
  }

  /** The process of a slot is lost: what it has reported is recorded, and its nodes are waited for no longer. */
  lose(slot: number, nodes: readonly string[]): void {
    for (const node of nodes) this.#lost.add(node);
    this.#recordAll(slot);
    this.#goOn();
  }

  /** The run is over: what still waits is recorded. */
  close(): void {
    for (const slot of this.#waiting.keys()) this.#recordAll(slot);
  }

  #waits({ event }: Reported): boolean {
    if (event?.type === 'model-received') {
      const newest = this.#models.get(wayOf(event.from, event.node)) ?? -1;
      return newest < event.version && !this.#lost.has(event.from);
    }
    if (event?.type !== 'update-ended') return false;
    return !this.#updates.has(event.update) && !this.#lost.has(event.node);
  }

  /** Out: whether others may have waited for it. */
  #record({ event, record }: Reported): boolean {
    record();
    if (event?.type === 'model-sent') {
      this.#models.set(wayOf(event.node, event.to), event.version);
    } else if (event?.type === 'update-sent') this.#updates.add(event.update);
    else {
      if (event?.type === 'update-ended') this.#updates.delete(event.update);
      return false;
    }
    return this.#waiting.size > 0;
  }

  /** Records what waits no longer. */
  #goOn(): void {
    for (let isNew = true; isNew; ) {
      isNew = false;
      for (const [slot, waiting] of this.#waiting) {
        while (waiting.length > 0 && !this.#waits(waiting[0]!)) {
          isNew = this.#record(waiting.shift()!) || isNew;
        }
        if (waiting.length === 0) this.#waiting.delete(slot);
      }
    }
  }

  #recordAll(slot: number): void {
    const waiting = this.#waiting.get(slot) ?? [];
    this.#waiting.delete(slot);
    for (const reported of waiting) this.#record(reported);
  }
}

function wayOf(from: string, to: string): string {
  return `${from} ${to}`;
}
