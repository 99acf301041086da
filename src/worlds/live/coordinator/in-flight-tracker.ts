import type { SimulatedEvent } from '../../../journal/events.ts';
import type { DropReason, Outcome } from '../../../journal/reasons.ts';
import { endsOf } from '../../in-flight.ts';
import { OpenTransfers, type OpenTransfersState } from './open-transfers.ts';

type Gradient = Extract<SimulatedEvent, { type: 'gradient-started' }>;

interface Ids {
  gradients: ReadonlySet<number>;
  /** Of updates too: they share their numbers. */
  results: ReadonlySet<number>;
}

/** A lost process, and what the others know of it. */
export interface LostProcess {
  nodes: ReadonlySet<string>;
  /** Begun by its nodes, and held by other processes. */
  elsewhere: Ids;
  /** Sent to it by other processes. */
  sentThere: Ids;
}

/** Plain data. */
export interface InFlightState {
  started: number;
  gradients: Gradient[];
  results: [number, { server: string; parent: string }][];
  updates: [number, { node: string; server: string }][];
  /** Absent in checkpoints of before. */
  transfers?: OpenTransfersState;
}

/**
 * Gradients and results in flight: each ends exactly once, even if processes are lost. Their
 * reports come from several processes, so an end may arrive before its beginning, and then waits
 * for it.
 */
export class InFlightTracker {
  readonly #gradients = new Map<number, Gradient>();
  readonly #results = new Map<number, { server: string; parent: string }>();
  readonly #updates = new Map<number, { node: string; server: string }>();
  readonly #transfers: OpenTransfers;
  readonly #early = new Map<string, { end: SimulatedEvent; from: number }>();
  /** By process: how many ends of it wait for the beginning. */
  readonly #earlyFrom = new Map<number, number>();
  /** Ended by the coordinator, for a process was lost. */
  readonly #endedHere = new Set<string>();
  readonly #parents: ReadonlyMap<string, string | null>;
  readonly #passesResults: boolean;
  #started = 0;

  /** `isTree`: of models, in which a server's results go no further. */
  constructor(
    servers: readonly { id: string; parent: string | null }[],
    isTree: boolean,
    saved?: InFlightState,
  ) {
    this.#passesResults = !isTree;
    this.#parents = new Map(servers.map(({ id, parent }) => [id, parent]));
    this.#transfers = new OpenTransfers(saved?.transfers);
    if (saved === undefined) return;
    this.#started = saved.started;
    for (const event of saved.gradients) this.#gradients.set(event.gradient, event);
    for (const [result, ends] of saved.results) this.#results.set(result, ends);
    for (const [update, ends] of saved.updates) this.#updates.set(update, ends);
  }

  save(): InFlightState {
    const gradients = [...this.#gradients.values()];
    const [results, updates] = [[...this.#results], [...this.#updates]];
    const transfers = this.#transfers.save();
    return structuredClone({ started: this.#started, gradients, results, updates, transfers });
  }

  get started(): number {
    return this.#started;
  }

  /** How many ends came from a process and wait for the beginning. */
  earlyFrom(process: number): number {
    return this.#earlyFrom.get(process) ?? 0;
  }

  /** In: an event as it came, and from which process. Out: the events to record now, in that order. */
  enter(event: SimulatedEvent, from = -1): SimulatedEvent[] {
    switch (event.type) {
      case 'gradient-started':
        this.#started += 1;
        this.#gradients.set(event.gradient, event);
        return [event, ...this.#takeEarly(`gradient ${event.gradient}`)];
      case 'window-trained':
        this.#started += 1;
        return [event];
      case 'aggregated': {
        const parent = this.#parents.get(event.server);
        // In a tree of models a result goes no further.
        if (!this.#passesResults || parent === null || parent === undefined) return [event];
        this.#results.set(event.result, { server: event.server, parent });
        return [event, ...this.#takeEarly(`result ${event.result}`)];
      }
      case 'gradient-ended':
        if (this.#gradients.delete(event.gradient)) return [event];
        this.#cameEarly(event, from);
        return [];
      case 'update-sent': {
        const { update, node, server } = event;
        this.#updates.set(update, { node, server });
        return [event, ...this.#takeEarly(`update ${update}`)];
      }
      case 'update-ended':
        if (this.#updates.delete(event.update)) return [event];
        this.#cameEarly(event, from);
        return [];
      case 'result-ended':
        if (this.#results.delete(event.result)) return [event];
        this.#cameEarly(event, from);
        return [];
      case 'transfer-started':
      case 'transfer-ended':
        return this.#transfers.enter(event);
      default:
        return [event];
    }
  }

  /** A process is lost: ends what was in it, or in transit from it or to it. */
  lose({ nodes, elsewhere, sentThere }: LostProcess): SimulatedEvent[] {
    const crashed = { outcome: 'dropped', reason: 'crashed' } as const;
    const events: SimulatedEvent[] = [];
    for (const { gradient, worker, server } of this.#gradients.values()) {
      const isLost = nodes.has(worker) && !elsewhere.gradients.has(gradient);
      if (!isLost && !sentThere.gradients.has(gradient)) continue;
      const end = isLost ? { outcome: 'dropped' as const, reason: 'left-map' as const } : crashed;
      events.push({ type: 'gradient-ended', gradient, worker, server, ...end });
    }
    for (const [result, { server, parent }] of this.#results) {
      const isLost = nodes.has(server) && !elsewhere.results.has(result);
      if (!isLost && !sentThere.results.has(result)) continue;
      events.push({ type: 'result-ended', result, server, parent, ...crashed });
    }
    for (const [update, { node, server }] of this.#updates) {
      const isLost = nodes.has(node) && !elsewhere.results.has(update);
      if (!isLost && !sentThere.results.has(update)) continue;
      events.push({ type: 'update-ended', update, node, server, ...crashed });
    }
    for (const event of events) {
      this.#endedHere.add(keyOf(event)!);
      if (event.type === 'gradient-ended') this.#gradients.delete(event.gradient);
      else if (event.type === 'result-ended') this.#results.delete(event.result);
      else if (event.type === 'update-ended') this.#updates.delete(event.update);
    }
    return [...this.#transfers.lose(nodes), ...events];
  }

  /** The run is over: what is left is in flight. */
  close(): SimulatedEvent[] {
    return this.#endAll({ outcome: 'in-flight' });
  }

  /** The run continues with other processes: what the earlier ones had in flight is lost. */
  resume(): SimulatedEvent[] {
    const lost = this.#transfers.loseAll();
    return [...lost, ...this.#endAll({ outcome: 'dropped', reason: 'resumed' })];
  }

  #endAll(how: { outcome: Outcome; reason?: DropReason }): SimulatedEvent[] {
    const gradients = [...this.#gradients.values()];
    const results = [...this.#results].map(([result, ends]) => ({ result, ...ends }));
    const updates = [...this.#updates].map(([update, ends]) => ({ update, ...ends }));
    this.#gradients.clear();
    this.#results.clear();
    this.#updates.clear();
    return endsOf({ gradients, results, updates }, how);
  }

  #cameEarly(end: SimulatedEvent, from: number): void {
    const key = keyOf(end)!;
    if (this.#endedHere.has(key) || this.#early.has(key)) return;
    this.#early.set(key, { end, from });
    this.#earlyFrom.set(from, this.earlyFrom(from) + 1);
  }

  /** The end that came before this beginning, if so. */
  #takeEarly(key: string): SimulatedEvent[] {
    const early = this.#early.get(key);
    if (early === undefined) return [];
    this.#early.delete(key);
    this.#earlyFrom.set(early.from, this.earlyFrom(early.from) - 1);
    return this.enter(early.end, early.from);
  }
}

function keyOf(event: SimulatedEvent): string | null {
  if (event.type === 'gradient-ended') return `gradient ${event.gradient}`;
  if (event.type === 'update-ended') return `update ${event.update}`;
  return event.type === 'result-ended' ? `result ${event.result}` : null;
}
