import type { SimulatedLine } from '../../journal/events.ts';

type Memory = NonNullable<(SimulatedLine & { type: 'run-started' })['memory']>;

/** Follows what nodes of a tree of models keep in memory. */
export class MemoryTally {
  #memory: Memory | null = null;
  /** By worker: items of its windows that are there, by window; and the most at one moment. */
  readonly #windows = new Map<string, Map<number, number>>();
  readonly #mostItems = new Map<string, number>();
  /** By result that is being merged: its updates so far. */
  readonly #updates = new Map<number, number>();
  /** By server: updates of its greatest merge. */
  readonly #mostUpdates = new Map<string, number>();

  add(line: SimulatedLine): void {
    switch (line.type) {
      case 'run-started':
        this.#memory = line.memory ?? null;
        break;
      case 'window-closed': {
        const windows = this.#windows.get(line.worker) ?? new Map<number, number>();
        this.#windows.set(line.worker, windows.set(line.window, line.items));
        const items = [...windows.values()].reduce((sum, each) => sum + each, 0);
        raise(this.#mostItems, line.worker, items);
        break;
      }
      case 'window-trained':
      case 'window-dropped':
        this.#windows.get(line.worker)?.delete(line.window);
        break;
      case 'update-ended':
        if (line.outcome === 'aggregated' && line.inResult !== undefined) {
          const { inResult } = line;
          this.#updates.set(inResult, (this.#updates.get(inResult) ?? 0) + 1);
          raise(this.#mostUpdates, line.server, this.#updates.get(inResult)!);
        }
    }
  }

  /** Bytes of that number of items of windows; null where the journal does not say what one takes. */
  bytesOfItems(items: number): number | null {
    return this.#memory === null ? null : items * this.#memory.itemBytes;
  }

  /** The most that each node kept; null where the journal does not say what a vector takes. */
  bytesOf(
    nodes: readonly { id: string; parent: string | null; layer: string }[],
  ): (id: string) => number | null {
    const memory = this.#memory;
    if (memory === null) return () => null;
    const { vectors, vectorBytes, itemBytes } = memory;
    const forChildren = new Map<string, number>();
    for (const { parent, layer } of nodes) {
      if (parent === null) continue;
      forChildren.set(parent, (forChildren.get(parent) ?? 0) + (vectors[layer]?.atParent ?? 0));
    }
    const layerOf = new Map(nodes.map(({ id, layer }) => [id, layer]));
    return (id) => {
      const own = vectors[layerOf.get(id)!]?.own;
      if (own === undefined) return null;
      const held = own + (this.#mostUpdates.get(id) ?? 0) + (forChildren.get(id) ?? 0);
      return held * vectorBytes + (this.#mostItems.get(id) ?? 0) * itemBytes;
    };
  }
}

function raise(most: Map<string, number>, key: string, value: number): void {
  if (value > (most.get(key) ?? 0)) most.set(key, value);
}
