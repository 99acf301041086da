import type { SimulatedLine } from '../../journal/events.ts';

/**
 * By worker's number: the latest of its windows that a model contains, 0 for none; it may end before the
 * last worker. Never changed once it is shared. An array, as each of 1 000 servers above 10 000 workers has one.
 */
export type Content = Readonly<Uint32Array>;

/** The same of a few workers, by their numbers. */
type Part = Map<number, number>;

interface NodeContent {
  /**
   * Contents that it has received. Shared: with thousands of workers no node has a copy of its own.
   */
  base: Content;
  /** Contents that it has sent since. */
  sent: Part;
  /** Contents that it has merged or learnt and not sent. */
  unsent: Part;
  /** All of it, while that is known. */
  whole: Content | null;
  isRoot: boolean;
}

const NOTHING: Content = new Uint32Array(0);

/**
 * Replays which windows the model of each node contains: those whose changes were merged on its path,
 * however they were encoded, and whatever share of them the rule selected.
 */
export class ContentReplay {
  readonly #nodes = new Map<string, NodeContent>();
  /** The workers' numbers, from 0, in the order in which they have first learnt. */
  readonly #workers = new Map<string, number>();
  /** By update: what it carries. */
  readonly #updates = new Map<number, Part>();
  /** By result: what was merged into it. */
  readonly #results = new Map<number, Part>();
  /** By server: its newest result, which its next update of the model applies. */
  readonly #closed = new Map<string, number>();
  /** By sender and receiver, then by version: what models on the way contain. */
  readonly #sent = new Map<string, Map<number, Content>>();
  readonly #roots = new Set<string>();

  /** Out: what a model that was received by this event contains, without what its receiver adds; else null. */
  add(line: SimulatedLine): Content | null {
    switch (line.type) {
      case 'run-started':
        for (const { id, parent } of line.servers) if (parent === null) this.#roots.add(id);
        break;
      case 'window-trained':
        this.#learn(line.worker, [[this.#numberOf(line.worker), line.window]]);
        break;
      case 'update-sent':
        this.#send(line);
        break;
      case 'aggregated':
        // One without a finite vector changes no model.
        if (line.skipped !== true) this.#closed.set(line.server, line.result);
        break;
      case 'update-ended':
        this.#endUpdate(line);
        break;
      case 'updated':
        this.#merge(line.server);
        break;
      case 'change-ended':
        Object.assign(this.#of(line.node), { unsent: new Map(), whole: null });
        break;
      case 'model-sent': {
        const way = `${line.node} ${line.to}`;
        const versions = this.#sent.get(way) ?? new Map<number, Content>();
        this.#sent.set(way, versions.set(line.version, this.#snapshot(line.node)));
        break;
      }
      case 'model-received':
        return this.#receive(line);
      case 'crashed':
        if (line.state === 'lost') this.#nodes.delete(line.node);
    }
    return null;
  }

  #numberOf(worker: string): number {
    const number = this.#workers.get(worker) ?? this.#workers.size;
    this.#workers.set(worker, number);
    return number;
  }

  #of(node: string): NodeContent {
    let content = this.#nodes.get(node);
    if (content === undefined) {
      const isRoot = this.#roots.has(node);
      content = { base: NOTHING, sent: new Map(), unsent: new Map(), whole: null, isRoot };
      this.#nodes.set(node, content);
    }
    return content;
  }

  /** Its unsent content becomes a part of what does not change by a pull that keeps it. */
  #send({ node, update, changes }: SimulatedLine & { type: 'update-sent' }): void {
    const content = this.#of(node);
    const result = this.#closed.get(node);
    // A relay sends what it has merged at once.
    if (result !== undefined && changes.includes(result)) this.#merge(node);
    this.#updates.set(update, content.unsent);
    join(content.sent, content.unsent);
    content.unsent = new Map();
  }

  #endUpdate({ update, outcome, inResult }: SimulatedLine & { type: 'update-ended' }): void {
    const carried = this.#updates.get(update);
    this.#updates.delete(update);
    if (carried === undefined || outcome !== 'aggregated' || inResult === undefined) return;
    const result = this.#results.get(inResult) ?? new Map<number, number>();
    this.#results.set(inResult, join(result, carried));
  }

  #merge(server: string): void {
    const result = this.#closed.get(server);
    if (result === undefined) return;
    const merged = this.#results.get(result);
    this.#closed.delete(server);
    this.#results.delete(result);
    if (merged !== undefined) this.#learn(server, merged);
  }

  #learn(node: string, windows: Iterable<readonly [number, number]>): void {
    const content = this.#of(node);
    join(content.unsent, windows);
    content.whole = null;
  }

  #snapshot(node: string): Content {
    const content = this.#of(node);
    const { base, sent, unsent } = content;
    if (sent.size + unsent.size === 0) return base;
    content.whole ??= this.#joined(base, sent, unsent);
    // The root sends nothing up.
    if (content.isRoot) Object.assign(content, { base: content.whole, unsent: new Map() });
    return content.whole;
  }

  #joined(base: Content, ...parts: readonly Part[]): Content {
    const whole = new Uint32Array(this.#workers.size);
    whole.set(base);
    for (const part of parts) {
      for (const [worker, window] of part) whole[worker] = Math.max(whole[worker]!, window);
    }
    return whole;
  }

  #receive({ node, from, version }: SimulatedLine & { type: 'model-received' }): Content {
    const versions = this.#sent.get(`${from} ${node}`);
    const received = versions?.get(version) ?? NOTHING;
    for (const older of versions?.keys() ?? []) if (older < version) versions!.delete(older);
    // Unsent contents stay on top; where they are given up, a `change-ended` follows.
    Object.assign(this.#of(node), { base: received, sent: new Map(), whole: null });
    return received;
  }
}

/** Into `into`: the later window of each worker. */
function join(into: Part, more: Iterable<readonly [number, number]>): Part {
  for (const [worker, window] of more) {
    if (window > (into.get(worker) ?? 0)) into.set(worker, window);
  }
  return into;
}
