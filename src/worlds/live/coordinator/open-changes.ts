import type { SimulatedEvent } from '../../../journal/events.ts';

/** Changes that a node of a tree of models has and has not sent: plain data. */
interface Held {
  /** Windows of a worker that have closed and are not trained. */
  closed: number[];
  /** Changes in its model and in no update: windows of a worker, results of a server. */
  unsent: number[];
}

/** Plain data. */
export interface OpenChangesState {
  held: Map<string, Held>;
  /** By server: its last aggregate, which is a change once it is merged. */
  aggregated: Map<string, number>;
  /** Ends that were numbered here. */
  numbered: number;
}

/** Windows and changes of the nodes of a tree of models: each ends once, whatever becomes of its process. */
export class OpenChanges {
  readonly #root: string;
  readonly #numberOf: (given: number) => number;
  readonly #state: OpenChangesState;

  /** `numberOf`: the numbers of updates that no process gives. */
  constructor(root: string, numberOf: (given: number) => number, saved?: OpenChangesState) {
    this.#root = root;
    this.#numberOf = numberOf;
    this.#state = structuredClone(saved ?? { held: new Map(), aggregated: new Map(), numbered: 0 });
  }

  save(): OpenChangesState {
    return structuredClone(this.#state);
  }

  /** Something is in the journal. */
  note(event: SimulatedEvent): void {
    switch (event.type) {
      case 'window-closed':
        this.#of(event.worker).closed.push(event.window);
        return;
      case 'window-dropped':
        this.#close(event.worker, event.window);
        return;
      case 'window-trained':
        this.#close(event.worker, event.window);
        this.#of(event.worker).unsent.push(event.window);
        return;
      case 'aggregated':
        this.#state.aggregated.set(event.server, event.result);
        return;
      case 'updated': {
        const { server } = event;
        // The root's merge goes no further.
        const result = this.#state.aggregated.get(server);
        this.#state.aggregated.delete(server);
        if (server !== this.#root && result !== undefined) this.#of(server).unsent.push(result);
        return;
      }
      case 'update-sent':
      case 'change-ended': {
        const { node, changes } = event;
        const held = this.#of(node);
        held.unsent = held.unsent.filter((change) => !changes.includes(change));
        // A relay sends what it has merged without a model of its own.
        const { aggregated } = this.#state;
        if (changes.includes(aggregated.get(node)!)) aggregated.delete(node);
      }
    }
  }

  /** Ends all that these nodes had; all nodes by default. Out: the events to record. */
  lose(reason: 'crashed' | 'resumed', nodes?: ReadonlySet<string>): SimulatedEvent[] {
    const events: SimulatedEvent[] = [];
    const { held, aggregated } = this.#state;
    // A server's merge in progress is gone with it; the root's goes no further in any case.
    for (const [server, result] of aggregated) {
      if (nodes?.has(server) === false) continue;
      if (server !== this.#root) this.#of(server).unsent.push(result);
      aggregated.delete(server);
    }
    for (const [node, { closed }] of held) {
      if (nodes?.has(node) === false) continue;
      for (const window of closed) {
        events.push({ type: 'window-dropped', worker: node, window, reason });
      }
    }
    return [...events, ...this.#endUnsent(reason, nodes)];
  }

  /** The run is over: ends the changes of processes whose loss was not reported to the end. */
  close(): SimulatedEvent[] {
    return this.#endUnsent('crashed');
  }

  #endUnsent(reason: 'crashed' | 'resumed', nodes?: ReadonlySet<string>): SimulatedEvent[] {
    const events: SimulatedEvent[] = [];
    for (const [node, { unsent: changes }] of this.#state.held) {
      if (changes.length === 0 || nodes?.has(node) === false) continue;
      const update = this.#numberOf(this.#state.numbered);
      this.#state.numbered += 1;
      const end = { outcome: 'dropped', reason } as const;
      events.push({
        ...{ type: 'change-ended', update, node, server: null, changes: [...changes] },
        ...end,
      });
    }
    return events;
  }

  #close(worker: string, window: number): void {
    const held = this.#of(worker);
    held.closed = held.closed.filter((other) => other !== window);
  }

  #of(node: string): Held {
    const known = this.#state.held.get(node);
    if (known !== undefined) return known;
    const held: Held = { closed: [], unsent: [] };
    this.#state.held.set(node, held);
    return held;
  }
}
