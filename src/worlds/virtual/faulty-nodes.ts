import { Liars } from '../../faults/liars.ts';
import type { NodeContext } from '../../nodes/context.ts';
import { schedule } from '../../simulation/event-queue.ts';
import type { WorldSettings } from '../world-settings.ts';
import type { WorldState } from './world-state.ts';

/** Who of all the nodes is faulty now: the liars of every layer that has any. */
export class FaultyNodes {
  readonly #settings: WorldSettings;
  readonly #state: WorldState;
  /** By layer. */
  readonly #liars = new Map<string, Liars>();
  readonly #layerOfServer: ReadonlyMap<string, string>;

  constructor(
    settings: WorldSettings,
    state: WorldState,
    context: Pick<NodeContext, 'random' | 'record'>,
  ) {
    this.#settings = settings;
    this.#state = state;
    this.#layerOfServer = new Map(settings.servers.map(({ id, layer }) => [id, layer]));
    const chanceAt = (server: string) => context.random(`faulty-near/${server}`);
    for (const [layer, ofLayer] of settings.liars) {
      const liars = new Liars(ofLayer, state.liars.get(layer)!, chanceAt, (turn) => {
        const { node, server, faulty } = turn;
        context.record({ type: faulty ? 'turned-faulty' : 'turned-honest', node, server });
      });
      this.#liars.set(layer, liars);
    }
  }

  /** The run begins: servers are near their parents for good, and the times to lie are set. */
  begin(): void {
    for (const { id, layer, parent } of this.#settings.servers) {
      this.#liars.get(layer)?.moves(id, null, parent);
    }
    for (const [layer, { fromUs, untilUs }] of this.#settings.liars) {
      if (fromUs === 0) this.#liars.get(layer)!.switchTo(true);
      else this.#setSwitch(layer, fromUs, true);
      if (untilUs !== null) this.#setSwitch(layer, untilUs, false);
    }
  }

  switchTo(layer: string, on: boolean): void {
    this.#liars.get(layer)!.switchTo(on);
  }

  /** Whether what a node sends now is a lie; in scope `per-aggregation`, whether it may be drawn. */
  mayLie(node: string): boolean {
    if (this.#liars.size === 0) return false;
    return this.#liars.get(this.layerOf(node))?.mayLie(node) ?? false;
  }

  layerOf(node: string): string {
    return this.#layerOfServer.get(node) ?? 'worker';
  }

  workerBecomes(worker: string, kind: string | null): void {
    this.#liars.get('worker')?.becomes(worker, kind, this.#serverOf(worker));
  }

  workerCrosses(worker: string, isInside: boolean): void {
    this.#liars.get('worker')?.crosses(worker, isInside, this.#serverOf(worker));
  }

  workerMoves(worker: string, from: string | null, to: string | null): void {
    this.#liars.get('worker')?.moves(worker, from, to);
  }

  #serverOf(worker: string): string | null {
    return this.#state.workers.get(worker)!.server;
  }

  #setSwitch(layer: string, timeUs: number, on: boolean): void {
    schedule(this.#state.queue, timeUs, { type: 'switch-liars', layer, on });
  }
}
