import type { SimulatedEvent } from '../../journal/events.ts';

type Gradient = Extract<SimulatedEvent, { type: 'gradient-started' }>;

/**
 * What was begun and has not ended: every gradient and every result ends exactly once, whatever
 * becomes of the processes. Their reports come from several hosts, so an end may come first: it
 * waits for the beginning.
 */
export class Ledger {
  readonly #gradients = new Map<number, Gradient>();
  readonly #results = new Map<number, { server: string; parent: string }>();
  readonly #early = new Map<string, SimulatedEvent>();
  /** Gradients that were ended here, for their workers were gone. */
  readonly #endedHere = new Set<number>();
  readonly #parents: ReadonlyMap<string, string | null>;
  #started = 0;

  constructor(servers: readonly { id: string; parent: string | null }[]) {
    this.#parents = new Map(servers.map(({ id, parent }) => [id, parent]));
  }

  get started(): number {
    return this.#started;
  }

  /** In: an event as it came. Out: the events to record now, in that order. */
  enter(event: SimulatedEvent): SimulatedEvent[] {
    switch (event.type) {
      case 'gradient-started':
        this.#started += 1;
        this.#gradients.set(event.gradient, event);
        return [event, ...this.#takeEarly(`gradient ${event.gradient}`)];
      case 'aggregated': {
        const parent = this.#parents.get(event.server);
        if (parent === null || parent === undefined) return [event];
        this.#results.set(event.result, { server: event.server, parent });
        return [event, ...this.#takeEarly(`result ${event.result}`)];
      }
      case 'gradient-ended':
        if (this.#gradients.delete(event.gradient)) return [event];
        if (!this.#endedHere.has(event.gradient)) {
          this.#early.set(`gradient ${event.gradient}`, event);
        }
        return [];
      case 'result-ended':
        if (this.#results.delete(event.result)) return [event];
        this.#early.set(`result ${event.result}`, event);
        return [];
      default:
        return [event];
    }
  }

  /** These workers are gone: ends what they had begun and no server has. */
  loseWorkers(workers: ReadonlySet<string>, delivered: ReadonlySet<number>): SimulatedEvent[] {
    const lost = [...this.#gradients.values()].filter(
      ({ worker, gradient }) => workers.has(worker) && !delivered.has(gradient),
    );
    return lost.map(({ gradient, worker, server }) => {
      this.#gradients.delete(gradient);
      this.#endedHere.add(gradient);
      const end = { outcome: 'dropped', reason: 'left-map' } as const;
      return { type: 'gradient-ended', gradient, worker, server, ...end };
    });
  }

  /** The run is over: what is left is in flight. */
  close(): SimulatedEvent[] {
    const inFlight = { outcome: 'in-flight' } as const;
    const gradients = [...this.#gradients.values()]
      .sort((a, b) => a.gradient - b.gradient)
      .map(({ gradient, worker, server }): SimulatedEvent => {
        return { type: 'gradient-ended', gradient, worker, server, ...inFlight };
      });
    const results = [...this.#results]
      .sort(([a], [b]) => a - b)
      .map(([result, { server, parent }]): SimulatedEvent => {
        return { type: 'result-ended', result, server, parent, ...inFlight };
      });
    this.#gradients.clear();
    this.#results.clear();
    return [...gradients, ...results];
  }

  /** The end that came before this beginning, if so. */
  #takeEarly(key: string): SimulatedEvent[] {
    const event = this.#early.get(key);
    if (event === undefined) return [];
    this.#early.delete(key);
    return this.enter(event);
  }
}
