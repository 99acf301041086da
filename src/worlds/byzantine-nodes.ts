import { ByzantineLayer, type ByzantineLayerState } from '../faults/byzantine-layer.ts';
import type { SimulatedEvent } from '../journal/events.ts';
import type { RandomStream } from '../simulation/random.ts';
import type { TimeUs } from '../simulation/time.ts';
import type { WorldSettings } from './world-settings.ts';

/** A layer's attack window opens or closes. */
export interface AttackSwitch {
  type: 'attack-switch';
  layer: string;
  on: boolean;
}

/** A world in which nodes turn Byzantine and honest. */
interface ByzantineWorld {
  /** The stream of that name. */
  random(name: string): RandomStream;
  record(event: SimulatedEvent & { type: 'turned-byzantine' | 'turned-honest' }): void;
  /** Which server a worker is with. */
  serverOf(worker: string): string | null;
  /** Has `switchTo` called then. */
  scheduleSwitch(timeUs: TimeUs, event: AttackSwitch): void;
}

/** Which nodes are Byzantine now, in every layer that has an attack. */
export class ByzantineNodes {
  readonly #settings: Pick<WorldSettings, 'servers' | 'attackers'>;
  readonly #world: ByzantineWorld;
  /** By layer. */
  readonly #attackers = new Map<string, ByzantineLayer>();
  readonly #layerOfServer: ReadonlyMap<string, string>;

  /** `states`: by layer. */
  constructor(
    settings: Pick<WorldSettings, 'servers' | 'attackers'>,
    states: ReadonlyMap<string, ByzantineLayerState>,
    world: ByzantineWorld,
  ) {
    this.#settings = settings;
    this.#world = world;
    this.#layerOfServer = new Map(settings.servers.map(({ id, layer }) => [id, layer]));
    const randomAt = (server: string) => world.random(`faulty-near/${server}`);
    for (const [layer, ofLayer] of settings.attackers) {
      const attackers = new ByzantineLayer(ofLayer, states.get(layer)!, randomAt, (turn) => {
        const { node, server, byzantine } = turn;
        world.record({ type: byzantine ? 'turned-byzantine' : 'turned-honest', node, server });
      });
      this.#attackers.set(layer, attackers);
    }
  }

  /**
   * The run begins: servers stay near their parents for good, and the attack windows are scheduled.
   */
  begin(): void {
    for (const { id, layer, parent } of this.#settings.servers) {
      this.#attackers.get(layer)?.moves(id, null, parent);
    }
    for (const [layer, { fromUs, untilUs }] of this.#settings.attackers) {
      if (fromUs === 0) this.switchTo(layer, true);
      else this.#setSwitch(layer, fromUs, true);
      if (untilUs !== null) this.#setSwitch(layer, untilUs, false);
    }
  }

  switchTo(layer: string, on: boolean): void {
    this.#attackers.get(layer)!.switchTo(on);
  }

  /**
   * Whether what a node sends now is Byzantine; in scope `per-aggregation`, whether it may be
   * drawn.
   */
  mayBeByzantine(node: string): boolean {
    if (this.#attackers.size === 0) return false;
    return (
      this.#attackers.get(this.#layerOfServer.get(node) ?? 'worker')?.mayBeByzantine(node) ?? false
    );
  }

  workerBecomes(worker: string, kind: string | null): void {
    this.#attackers.get('worker')?.becomes(worker, kind, this.#world.serverOf(worker));
  }

  workerCrosses(worker: string, isInside: boolean): void {
    this.#attackers.get('worker')?.crosses(worker, isInside, this.#world.serverOf(worker));
  }

  workerMoves(worker: string, from: string | null, to: string | null): void {
    this.#attackers.get('worker')?.moves(worker, from, to);
  }

  #setSwitch(layer: string, timeUs: TimeUs, on: boolean): void {
    this.#world.scheduleSwitch(timeUs, { type: 'attack-switch', layer, on });
  }
}
