import { newByzantineLayerState } from '../../../faults/byzantine-layer.ts';
import { NamedStreams } from '../../../simulation/named-streams.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import { type AttackSwitch, ByzantineNodes } from '../../byzantine-nodes.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { FaultTransition, Movement } from '../protocol/movement-message.ts';

/**
 * Which nodes are Byzantine and when, ahead of the clock: follows time and movements as the
 * coordinator announces them to the processes, and returns the fault transitions.
 */
export class ScheduledByzantine {
  readonly #settings: Pick<WorldSettings, 'servers' | 'attackers' | 'workers' | 'seed'>;
  readonly #byzantine: ByzantineNodes;
  readonly #serverOf = new Map<string, string>();
  readonly #attacking = new Set<string>();
  /** Transitions before this time have been announced. */
  #announcedUs: TimeUs = 0;
  #switches: { timeUs: TimeUs; event: AttackSwitch }[] = [];
  /** Transitions collected from the current change. */
  #transitions: Omit<FaultTransition, 'timeUs'>[] = [];

  constructor(settings: Pick<WorldSettings, 'servers' | 'attackers' | 'workers' | 'seed'>) {
    this.#settings = settings;
    const streams = new NamedStreams(settings.seed);
    const states = new Map(
      [...settings.attackers.keys()].map((layer) => [layer, newByzantineLayerState()]),
    );
    this.#byzantine = new ByzantineNodes(settings, states, {
      random: (name) => streams.get(name),
      record: ({ type, node, server }) => {
        this.#change(node, type === 'turned-byzantine', { server });
      },
      serverOf: (worker) => this.#serverOf.get(worker) ?? null,
      scheduleSwitch: (timeUs, event) => this.#switches.push({ timeUs, event }),
    });
  }

  /** The run begins. */
  begin(): FaultTransition[] {
    this.#byzantine.begin();
    this.#switches.sort((a, b) => a.timeUs - b.timeUs);
    return this.#transitionsAt(
      0,
      [...this.#settings.attackers.keys()].flatMap((layer) => this.#of(layer)),
    );
  }

  /** The transitions before that time that depend on time alone. */
  before(timeUs: TimeUs): FaultTransition[] {
    const transitions: FaultTransition[] = [];
    this.#announcedUs = Math.max(this.#announcedUs, timeUs);
    for (;;) {
      const next = this.#switches[0];
      if (next === undefined || next.timeUs >= timeUs) return transitions;
      this.#switches.shift();
      const { layer, on } = next.event;
      this.#byzantine.switchTo(layer, on);
      transitions.push(...this.#transitionsAt(next.timeUs, this.#of(layer)));
    }
  }

  /** The transitions that a movement causes. */
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
    return this.#transitionsAt(movement.timeUs, [movement.worker]);
  }

  /** The transitions of others when a worker is lost with its process: after all announced ones. */
  lose(worker: string, nowUs: TimeUs): FaultTransition[] {
    this.#associate(worker, null);
    this.#byzantine.workerCrosses(worker, false);
    this.#byzantine.workerBecomes(worker, null);
    return this.#transitionsAt(Math.max(nowUs, this.#announcedUs), [worker]);
  }

  /** The transitions when workers are back, with all their movements announced in the meantime. */
  comeBack(movements: readonly Movement[], nowUs: TimeUs): FaultTransition[] {
    const timeUs = Math.max(nowUs, this.#announcedUs);
    return movements.flatMap((movement) => this.move({ ...movement, timeUs }));
  }

  #associate(worker: string, server: string | null): void {
    const previous = this.#serverOf.get(worker) ?? null;
    if (server === null) this.#serverOf.delete(worker);
    else this.#serverOf.set(worker, server);
    this.#byzantine.workerMoves(worker, previous, server);
  }

  /**
   * The collected transitions, and those of `nodes` that may now be drawn as Byzantine, or no
   * longer.
   */
  #transitionsAt(timeUs: TimeUs, nodes: readonly string[]): FaultTransition[] {
    for (const node of nodes) {
      const isByzantine = this.#byzantine.mayBeByzantine(node);
      if (isByzantine !== this.#attacking.has(node)) this.#change(node, isByzantine, null);
    }
    const transitions = this.#transitions.map((transition) => ({ timeUs, ...transition }));
    this.#transitions = [];
    return transitions;
  }

  #change(node: string, isByzantine: boolean, recorded: FaultTransition['recorded']): void {
    if (isByzantine) this.#attacking.add(node);
    else this.#attacking.delete(node);
    this.#transitions.push({ type: 'fault-transition', node, isByzantine, recorded });
  }

  #of(layer: string): readonly string[] {
    const { servers, workers } = this.#settings;
    if (layer === 'worker') return workers;
    return servers.filter((server) => server.layer === layer).map(({ id }) => id);
  }
}
