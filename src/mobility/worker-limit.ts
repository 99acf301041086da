import type { MobilityEvent } from './contacts.ts';

/** How many workers a server takes at once, and what becomes of others. */
export interface WorkerLimit {
  maximumWorkers: number;
  /** Others wait until one leaves, in the order in which they came, or are refused. */
  whenFull: 'queue' | 'refuse';
}

type Associate = MobilityEvent & { type: 'associate' };

/** Of one worker that is to be with a server. */
interface PlaceAtServer {
  server: string;
  contact: number | null;
}

/**
 * The movements of one repetition with no server having more workers than its limit. A worker that a full
 * server refuses is with none until its association changes; one that waits is with none until a place is free,
 * which goes to those that waited longest. `limits`: by server.
 */
export function limitWorkers(
  events: readonly MobilityEvent[],
  limits: ReadonlyMap<string, WorkerLimit>,
): readonly MobilityEvent[] {
  if (limits.size === 0) return events;
  const places = new Places(limits);
  const out: MobilityEvent[] = [];
  for (const [index, event] of events.entries()) {
    const { timeUs } = event;
    if (event.type !== 'associate') out.push(event);
    else if (event.server === null) out.push(...places.leave(event));
    else {
      // Places that were left at that time go to those that waited.
      out.push(...places.fill(timeUs), ...places.come(event, event.server));
    }
    if (events[index + 1]?.timeUs !== timeUs) out.push(...places.fill(timeUs));
  }
  return out;
}

/** The workers that are with the servers, and those that wait. */
class Places {
  readonly #limits: ReadonlyMap<string, WorkerLimit>;
  readonly #serverOf = new Map<string, string>();
  readonly #served = new Map<string, number>();
  readonly #queues = new Map<string, Map<string, PlaceAtServer>>();
  /** By worker in a queue: whose it is. */
  readonly #waitsAt = new Map<string, string>();

  constructor(limits: ReadonlyMap<string, WorkerLimit>) {
    this.#limits = limits;
    for (const server of limits.keys()) this.#queues.set(server, new Map());
  }

  leave({ timeUs, worker }: Associate): MobilityEvent[] {
    return this.#free(worker) ? [noServer(timeUs, worker)] : [];
  }

  come({ timeUs, worker, contact }: Associate, server: string): MobilityEvent[] {
    const wasServed = this.#free(worker);
    const limit = this.#limits.get(server);
    const served = this.#served.get(server) ?? 0;
    if (limit === undefined || served < limit.maximumWorkers) {
      return [this.#take(timeUs, worker, { server, contact })];
    }
    const left = wasServed ? [noServer(timeUs, worker)] : [];
    if (limit.whenFull === 'refuse')
      return [...left, { timeUs, type: 'worker-refused', worker, server }];
    this.#queues.get(server)!.set(worker, { server, contact });
    this.#waitsAt.set(worker, server);
    return [...left, { timeUs, type: 'worker-queued', worker, server }];
  }

  /** Gives free places to those that wait for them. */
  fill(timeUs: number): MobilityEvent[] {
    const events: MobilityEvent[] = [];
    for (const [server, { maximumWorkers }] of this.#limits) {
      const queue = this.#queues.get(server)!;
      for (const [worker, place] of queue) {
        if ((this.#served.get(server) ?? 0) >= maximumWorkers) break;
        queue.delete(worker);
        this.#waitsAt.delete(worker);
        events.push(this.#take(timeUs, worker, place));
      }
    }
    return events;
  }

  #take(timeUs: number, worker: string, { server, contact }: PlaceAtServer): Associate {
    this.#serverOf.set(worker, server);
    this.#served.set(server, (this.#served.get(server) ?? 0) + 1);
    return { timeUs, type: 'associate', worker, server, contact };
  }

  /** Gives up its place, or its wait for one. Out: whether it had a place. */
  #free(worker: string): boolean {
    const waitsAt = this.#waitsAt.get(worker);
    if (waitsAt !== undefined) this.#queues.get(waitsAt)!.delete(worker);
    this.#waitsAt.delete(worker);
    const server = this.#serverOf.get(worker);
    if (server === undefined) return false;
    this.#serverOf.delete(worker);
    this.#served.set(server, this.#served.get(server)! - 1);
    return true;
  }
}

function noServer(timeUs: number, worker: string): Associate {
  return { timeUs, type: 'associate', worker, server: null, contact: null };
}
