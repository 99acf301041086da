import { newByzantineLayerState } from '../../../faults/byzantine-layer.ts';
import { NamedStreams } from '../../../simulation/named-streams.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import { type AttackSwitch, ByzantineNodes } from '../../byzantine-nodes.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { FaultTransition, Movement } from '../protocol/movement-message.ts';

/**
 * Who lies and when, ahead of the clock: follows time and movements as the coordinator foretells them
 * to the processes, and tells of every node whose lies begin or end.
 */
export class ScheduledByzantine {
  readonly #settings: Pick<WorldSettings, 'servers' | 'attackers' | 'workers' | 'seed'>;
  readonly #byzantine: ByzantineNodes;
  readonly #serverOf = new Map<string, string>();
  readonly #lying = new Set<string>();
  /** What happens before has been foretold. */
  #foretoldUs: TimeUs = 0;
  #switches: { timeUs: TimeUs; event: AttackSwitch }[] = [];
  /** What the change so far has led to. */
  #turns: Omit<FaultTransition, 'timeUs'>[] = [];

  constructor(settings: Pick<WorldSettings, 'servers' | 'attackers' | 'workers' | 'seed'>) {
    this.#settings = settings;
    const streams = new NamedStreams(settings.seed);
    const states = new Map(
      [...settings.attackers.keys()].map((layer) => [layer, newByzantineLayerState()]),
    );
    this.#byzantine = new ByzantineNodes(settings, states, {
      random: (name) => streams.get(name),
      record: ({ type, node, server }) => {
        this.#turn(node, type === 'turned-byzantine', { server });
      },
      serverOf: (worker) => this.#serverOf.get(worker) ?? null,
      scheduleSwitch: (timeUs, event) => this.#switches.push({ timeUs, event }),
    });
  }

  /** The run begins. */
  begin(): FaultTransition[] {
    this.#byzantine.begin();
    this.#switches.sort((a, b) => a.timeUs - b.timeUs);
    return this.#turnsAt(
      0,
      [...this.#settings.attackers.keys()].flatMap((layer) => this.#of(layer)),
    );
  }

  /** The turns that time alone brings before that time. */
  before(timeUs: TimeUs): FaultTransition[] {
    const turns: FaultTransition[] = [];
    this.#foretoldUs = Math.max(this.#foretoldUs, timeUs);
    for (;;) {
      const next = this.#switches[0];
      if (next === undefined || next.timeUs >= timeUs) return turns;
      this.#switches.shift();
      const { layer, on } = next.event;
      this.#byzantine.switchTo(layer, on);
      turns.push(...this.#turnsAt(next.timeUs, this.#of(layer)));
    }
  }

  /** The turns that a movement brings. */
  move(movement: Movement): FaultTransition[] {
    const byzantine = this.#byzantine;
    switch (movement.type) {
      case 'enter-map':
        byzantine.workerBecomes(movement.worker, movement.kind);
        break;
      case 'leave-map':
        byzantine.workerBecomes(movement.worker, null);
        break;
      case 'enter-region':
      case 'leave-region':
        byzantine.workerCrosses(movement.worker, movement.type === 'enter-region');
        break;
      case 'associate':
        this.#associate(movement.worker, movement.server);
        break;
      default:
        return [];
    }
    return this.#turnsAt(movement.timeUs, [movement.worker]);
  }

  /** The turns of others when a worker is gone with its process: after all that was foretold. */
  lose(worker: string, nowUs: TimeUs): FaultTransition[] {
    this.#associate(worker, null);
    this.#byzantine.workerCrosses(worker, false);
    this.#byzantine.workerBecomes(worker, null);
    return this.#turnsAt(Math.max(nowUs, this.#foretoldUs), [worker]);
  }

  /** The turns when workers are back, with all that was foretold of them in the meantime. */
  comeBack(movements: readonly Movement[], nowUs: TimeUs): FaultTransition[] {
    const timeUs = Math.max(nowUs, this.#foretoldUs);
    return movements.flatMap((movement) => this.move({ ...movement, timeUs }));
  }

  #associate(worker: string, server: string | null): void {
    const previous = this.#serverOf.get(worker) ?? null;
    if (server === null) this.#serverOf.delete(worker);
    else this.#serverOf.set(worker, server);
    this.#byzantine.workerMoves(worker, previous, server);
  }

  /** What has turned, and who of these may be drawn to lie from now on, or no more. */
  #turnsAt(timeUs: TimeUs, nodes: readonly string[]): FaultTransition[] {
    for (const node of nodes) {
      const isByzantine = this.#byzantine.mayBeByzantine(node);
      if (isByzantine !== this.#lying.has(node)) this.#turn(node, isByzantine, null);
    }
    const turns = this.#turns.map((turn) => ({ timeUs, ...turn }));
    this.#turns = [];
    return turns;
  }

  #turn(node: string, isByzantine: boolean, told: FaultTransition['told']): void {
    if (isByzantine) this.#lying.add(node);
    else this.#lying.delete(node);
    this.#turns.push({ type: 'turn', node, isByzantine, told });
  }

  #of(layer: string): readonly string[] {
    const { servers, workers } = this.#settings;
    if (layer === 'worker') return workers;
    return servers.filter((server) => server.layer === layer).map(({ id }) => id);
  }
}
