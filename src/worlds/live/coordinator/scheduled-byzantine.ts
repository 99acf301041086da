import { newLiars } from '../../../faults/byzantine-nodes.ts';
import { NamedStreams } from '../../../simulation/named-streams.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import { FaultyNodes, type SwitchLiars } from '../../faulty-nodes.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { Movement, Turn } from '../protocol/control-message.ts';

/**
 * Who lies and when, ahead of the clock: follows time and movements as the coordinator foretells them
 * to the hosts, and tells of every node whose lies begin or end.
 */
export class ScheduledByzantine {
  readonly #settings: Pick<WorldSettings, 'servers' | 'liars' | 'workers' | 'seed'>;
  readonly #faulty: FaultyNodes;
  readonly #serverOf = new Map<string, string>();
  readonly #lying = new Set<string>();
  /** What happens before has been foretold. */
  #foretoldUs: TimeUs = 0;
  #switches: { timeUs: TimeUs; event: SwitchLiars }[] = [];
  /** What the change so far has led to. */
  #turns: Omit<Turn, 'timeUs'>[] = [];

  constructor(settings: Pick<WorldSettings, 'servers' | 'liars' | 'workers' | 'seed'>) {
    this.#settings = settings;
    const streams = new NamedStreams(settings.seed);
    const states = new Map([...settings.liars.keys()].map((layer) => [layer, newLiars()]));
    this.#faulty = new FaultyNodes(settings, states, {
      random: (name) => streams.get(name),
      record: ({ type, node, server }) => {
        this.#turn(node, type === 'turned-faulty', { server });
      },
      serverOf: (worker) => this.#serverOf.get(worker) ?? null,
      scheduleSwitch: (timeUs, event) => this.#switches.push({ timeUs, event }),
    });
  }

  /** The run begins. */
  begin(): Turn[] {
    this.#faulty.begin();
    this.#switches.sort((a, b) => a.timeUs - b.timeUs);
    return this.#turnsAt(
      0,
      [...this.#settings.liars.keys()].flatMap((layer) => this.#of(layer)),
    );
  }

  /** The turns that time alone brings before that time. */
  before(timeUs: TimeUs): Turn[] {
    const turns: Turn[] = [];
    this.#foretoldUs = Math.max(this.#foretoldUs, timeUs);
    for (;;) {
      const next = this.#switches[0];
      if (next === undefined || next.timeUs >= timeUs) return turns;
      this.#switches.shift();
      const { layer, on } = next.event;
      this.#faulty.switchTo(layer, on);
      turns.push(...this.#turnsAt(next.timeUs, this.#of(layer)));
    }
  }

  /** The turns that a movement brings. */
  move(movement: Movement): Turn[] {
    const faulty = this.#faulty;
    switch (movement.type) {
      case 'enter-map':
        faulty.workerBecomes(movement.worker, movement.kind);
        break;
      case 'leave-map':
        faulty.workerBecomes(movement.worker, null);
        break;
      case 'enter-region':
      case 'leave-region':
        faulty.workerCrosses(movement.worker, movement.type === 'enter-region');
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
  lose(worker: string, nowUs: TimeUs): Turn[] {
    this.#associate(worker, null);
    this.#faulty.workerCrosses(worker, false);
    this.#faulty.workerBecomes(worker, null);
    return this.#turnsAt(Math.max(nowUs, this.#foretoldUs), [worker]);
  }

  /** The turns when workers are back, with all that was foretold of them in the meantime. */
  comeBack(movements: readonly Movement[], nowUs: TimeUs): Turn[] {
    const timeUs = Math.max(nowUs, this.#foretoldUs);
    return movements.flatMap((movement) => this.move({ ...movement, timeUs }));
  }

  #associate(worker: string, server: string | null): void {
    const previous = this.#serverOf.get(worker) ?? null;
    if (server === null) this.#serverOf.delete(worker);
    else this.#serverOf.set(worker, server);
    this.#faulty.workerMoves(worker, previous, server);
  }

  /** What has turned, and who of these may be drawn to lie from now on, or no more. */
  #turnsAt(timeUs: TimeUs, nodes: readonly string[]): Turn[] {
    for (const node of nodes) {
      const lies = this.#faulty.mayBeByzantine(node);
      if (lies !== this.#lying.has(node)) this.#turn(node, lies, null);
    }
    const turns = this.#turns.map((turn) => ({ timeUs, ...turn }));
    this.#turns = [];
    return turns;
  }

  #turn(node: string, lies: boolean, told: Turn['told']): void {
    if (lies) this.#lying.add(node);
    else this.#lying.delete(node);
    this.#turns.push({ type: 'turn', node, lies, told });
  }

  #of(layer: string): readonly string[] {
    const { servers, workers } = this.#settings;
    if (layer === 'worker') return workers;
    return servers.filter((server) => server.layer === layer).map(({ id }) => id);
  }
}
