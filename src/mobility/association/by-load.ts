import { InputError } from '../../errors.ts';
import type { LoadPolicy } from '../../rules/contract/association-policy.ts';
import { askedOf, type Chosen } from '../../rules/running/chosen.ts';
import type { TimeUs } from '../../simulation/time.ts';
import type { MobilityEvent } from '../contacts.ts';

/** Of a worker: plain data. */
interface LoadPosition {
  server: string | null;
  /** By server in range. */
  contacts: Map<string, { contact: number; sinceUs: TimeUs }>;
}

/** Where the workers are, by their ids: plain data. */
export type LoadState = Map<string, LoadPosition>;

type Associate = MobilityEvent & { type: 'associate' };

/**
 * A worker that changes more often at one instant has a policy that never comes to rest. One by load needs few
 * changes of each worker; how often it is asked says nothing, as any change nearby asks it again.
 */
const MAXIMUM_CHANGES = 20;

/** Asks a policy by load, instant by instant, while the movements are played. */
export class ByLoad {
  readonly #policy: Chosen<LoadPolicy>;
  readonly #state: LoadState;
  readonly #served = new Map<string, number>();
  readonly #inRange = new Map<string, Set<string>>();

  /** `state` is updated in place. */
  constructor(policy: Chosen<LoadPolicy>, state: LoadState) {
    this.#policy = policy;
    this.#state = state;
    for (const [worker, { server, contacts }] of state) {
      if (server !== null) this.#count(server, 1);
      for (const near of contacts.keys()) this.#near(near).add(worker);
    }
  }

  /**
   * The movements of one instant with the associations that follow from them, in the order in which
   * planned ones have them: those that end before anyone leaves the map, the others last.
   */
  decide(movements: readonly MobilityEvent[]): MobilityEvent[] {
    const timeUs = movements[0]!.timeUs;
    const before = new Map<string, string | null>();
    const asked = new Set<string>();
    const leaving = new Set<string>();
    for (const movement of movements) {
      const { worker } = movement;
      if (movement.type === 'leave-map') leaving.add(worker);
      if (movement.type !== 'enter-range' && movement.type !== 'leave-range') continue;
      const position = this.#of(worker);
      if (!before.has(worker)) before.set(worker, position.server);
      this.#cross(movement, position, asked);
    }
    const times = new Map<string, number>();
    while (asked.size > 0) {
      const workers = [...asked].sort();
      asked.clear();
      for (const worker of workers) {
        const position = this.#of(worker);
        const changes = times.get(worker) ?? 0;
        if (position.contacts.size === 0 || changes === MAXIMUM_CHANGES) continue;
        const previous = position.server;
        if (!before.has(worker)) before.set(worker, previous);
        this.#ask(worker, position, timeUs, asked);
        if (position.server !== previous) times.set(worker, changes + 1);
      }
    }
    return this.#woven(movements, this.#changes(before, leaving, timeUs));
  }

  #cross(
    {
      type,
      worker,
      server,
      contact,
      timeUs,
    }: MobilityEvent & { type: 'enter-range' | 'leave-range' },
    position: LoadPosition,
    asked: Set<string>,
  ): void {
    asked.add(worker);
    if (type === 'enter-range') {
      position.contacts.set(server, { contact, sinceUs: timeUs });
      this.#near(server).add(worker);
      return;
    }
    position.contacts.delete(server);
    this.#near(server).delete(worker);
    if (position.server === server) this.#move(worker, position, null, asked);
  }

  #ask(worker: string, position: LoadPosition, nowUs: TimeUs, asked: Set<string>): void {
    const policy = this.#policy;
    const { rule, options } = policy;
    const inRange = [...position.contacts.keys()].sort().map((server) => ({
      ...{ server, workers: this.#served.get(server) ?? 0 },
      sinceUs: position.contacts.get(server)!.sinceUs,
    }));
    const moment = { nowUs, current: position.server, inRange };
    const chosen = askedOf('association policy', policy, () => rule.decide(moment, options));
    if (chosen !== null && !position.contacts.has(chosen)) {
      throw new InputError({
        found: `association policy ${rule.name}: its answer "${chosen}" is no server in range`,
        advice: ['expected one of inRange, or null'],
      });
    }
    if (chosen !== position.server) this.#move(worker, position, chosen, asked);
  }

  /** The load of both servers changes: those in their range are asked. */
  #move(worker: string, position: LoadPosition, server: string | null, asked: Set<string>): void {
    for (const [changed, by] of [
      [position.server, -1],
      [server, 1],
    ] as const) {
      if (changed === null) continue;
      this.#count(changed, by);
      for (const near of this.#near(changed)) if (near !== worker) asked.add(near);
    }
    position.server = server;
  }

  #changes(
    before: ReadonlyMap<string, string | null>,
    leaving: ReadonlySet<string>,
    timeUs: TimeUs,
  ): Associate[] {
    const changes: Associate[] = [];
    for (const worker of [...before.keys()].sort()) {
      const { server, contacts } = this.#of(worker);
      const previous = before.get(worker)!;
      const named = { timeUs, type: 'associate', worker } as const;
      // A worker that comes back to the map at once is with no server in between.
      const isGone = previous !== null && leaving.has(worker);
      if (server === previous && !isGone) continue;
      if (isGone || server === null) changes.push({ ...named, server: null, contact: null });
      if (server === null) continue;
      changes.push({ ...named, server, contact: contacts.get(server)!.contact });
    }
    return changes;
  }

  #woven(movements: readonly MobilityEvent[], changes: readonly Associate[]): MobilityEvent[] {
    const isEarly = ({ type }: MobilityEvent) => type === 'leave-range' || type === 'leave-region';
    return [
      ...movements.filter(isEarly),
      ...changes.filter(({ server }) => server === null),
      ...movements.filter((movement) => !isEarly(movement)),
      ...changes.filter(({ server }) => server !== null),
    ];
  }

  #of(worker: string): LoadPosition {
    let position = this.#state.get(worker);
    if (position === undefined) {
      position = { server: null, contacts: new Map() };
      this.#state.set(worker, position);
    }
    return position;
  }

  #near(server: string): Set<string> {
    let workers = this.#inRange.get(server);
    if (workers === undefined) {
      workers = new Set();
      this.#inRange.set(server, workers);
    }
    return workers;
  }

  #count(server: string, by: number): void {
    this.#served.set(server, (this.#served.get(server) ?? 0) + by);
  }
}
