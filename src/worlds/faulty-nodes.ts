import { ByzantineNodes, type LiarsState } from '../faults/byzantine-nodes.ts';
import type { SimulatedEvent } from '../journal/events.ts';
import type { RandomStream } from '../simulation/random.ts';
import type { TimeUs } from '../simulation/time.ts';
import type { WorldSettings } from './world-settings.ts';

/** A layer's time to lie begins or is over. */
export interface SwitchLiars {
  type: 'switch-liars';
  layer: string;
  on: boolean;
}

/** A world in which nodes turn faulty and honest. */
export interface FaultyWorld {
  /** The stream of that name. */
  random(name: string): RandomStream;
  record(event: SimulatedEvent & { type: 'turned-faulty' | 'turned-honest' }): void;
  /** Which server a worker is with. */
  serverOf(worker: string): string | null;
  /** Has `switchTo` called then. */
  scheduleSwitch(timeUs: TimeUs, event: SwitchLiars): void;
}

/** Who of all the nodes is faulty now: the liars of every layer that has any. */
export class FaultyNodes {
  readonly #settings: Pick<WorldSettings, 'servers' | 'liars'>;
  readonly #world: FaultyWorld;
  /** By layer. */
  readonly #liars = new Map<string, ByzantineNodes>();
  readonly #layerOfServer: ReadonlyMap<string, string>;

  /** `states`: by layer. */
  constructor(
    settings: Pick<WorldSettings, 'servers' | 'liars'>,
    states: ReadonlyMap<string, LiarsState>,
    world: FaultyWorld,
  ) {
    this.#settings = settings;
    this.#world = world;
    this.#layerOfServer = new Map(settings.servers.map(({ id, layer }) => [id, layer]));
    const chanceAt = (server: string) => world.random(`faulty-near/${server}`);
    for (const [layer, ofLayer] of settings.liars) {
      const liars = new ByzantineNodes(ofLayer, states.get(layer)!, chanceAt, (turn) => {
        const { node, server, faulty } = turn;
        world.record({ type: faulty ? 'turned-faulty' : 'turned-honest', node, server });
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
      if (fromUs === 0) this.switchTo(layer, true);
      else this.#setSwitch(layer, fromUs, true);
      if (untilUs !== null) this.#setSwitch(layer, untilUs, false);
    }
  }

  switchTo(layer: string, on: boolean): void {
    this.#liars.get(layer)!.switchTo(on);
  }

  /** Whether what a node sends now is a lie; in scope `per-aggregation`, whether it may be drawn. */
  mayBeByzantine(node: string): boolean {
    if (this.#liars.size === 0) return false;
    return (
      this.#liars.get(this.#layerOfServer.get(node) ?? 'worker')?.mayBeByzantine(node) ?? false
    );
  }

  workerBecomes(worker: string, kind: string | null): void {
    this.#liars.get('worker')?.becomes(worker, kind, this.#world.serverOf(worker));
  }

  workerCrosses(worker: string, isInside: boolean): void {
    this.#liars.get('worker')?.crosses(worker, isInside, this.#world.serverOf(worker));
  }

  workerMoves(worker: string, from: string | null, to: string | null): void {
    this.#liars.get('worker')?.moves(worker, from, to);
  }

  #setSwitch(layer: string, timeUs: TimeUs, on: boolean): void {
    this.#world.scheduleSwitch(timeUs, { type: 'switch-liars', layer, on });
  }
}
