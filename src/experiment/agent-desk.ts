import { InputError } from '../errors.ts';
import type { Connection } from '../transport/connection.ts';
import type { Frame } from '../transport/frame.ts';
import {
  type HostMessage,
  LIVE_PROTOCOL,
  type OfferMessage,
  say,
} from '../worlds/live/control-message.ts';
import type { HostPlace } from '../worlds/live/placement.ts';
import { type Machine, type PlacementRules, shareOut } from '../worlds/live/share-out.ts';

type FirstMessage = OfferMessage | HostMessage;

export interface DeskParts {
  places: readonly HostPlace[];
  rules: PlacementRules;
  /** Agents that shall share the processes; 0 where these are started without any. */
  agents: number;
  wallUs: () => number;
  /** Takes the processes in order of their numbers. */
  accept: (connection: Connection) => void;
  /** Told when who runs what is settled. */
  onShared: (shares: readonly (Machine & { places: number[] })[]) => void;
  onFailure: (error: Error) => void;
}

/**
 * Where the processes of a live run report. Agents offer their machines here, and when as many have
 * come as were expected each is told which processes to start. These are handed on to the simulator
 * in order of their numbers.
 */
export class AgentDesk {
  readonly #parts: DeskParts;
  readonly #offers: { machine: Machine; connection: Connection }[] = [];
  readonly #waiting = new Map<number, () => void>();
  #isShared = false;
  #next = 0;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Whether the agents know what to start; true where there are none. */
  get isShared(): boolean {
    return this.#isShared || this.#parts.agents === 0;
  }

  /** Agents that have offered their machines. */
  get offers(): number {
    return this.#offers.length;
  }

  receive(connection: Connection): void {
    connection.onClose = () => {};
    connection.onFrame = (frame) => this.#first(connection, frame);
  }

  #first(connection: Connection, frame: Frame): void {
    const message = frame.header as unknown as FirstMessage;
    if (message.type !== 'offer' && message.type !== 'hello') {
      connection.destroy();
    } else if (message.protocol !== LIVE_PROTOCOL) {
      const reason = `this run speaks protocol ${LIVE_PROTOCOL}, not ${message.protocol}`;
      say(connection, { type: 'refused', reason });
      connection.close();
    } else if (message.type === 'offer') {
      this.#offered(connection, message);
    } else {
      this.#reported(connection, message.place, frame);
    }
  }

  /** A process: it waits until those with smaller numbers have come. */
  #reported(connection: Connection, place: number, frame: Frame): void {
    const handOn = () => {
      this.#parts.accept(connection);
      void connection.onFrame(frame);
    };
    if (!(place > this.#next)) {
      // Its turn, or once more: the simulator knows what to do with it.
      handOn();
      if (place !== this.#next) return;
      this.#next += 1;
      const following = this.#waiting.get(this.#next);
      this.#waiting.delete(this.#next);
      following?.();
      return;
    }
    this.#answerPings(connection);
    if (this.#waiting.has(place)) connection.destroy();
    else this.#waiting.set(place, () => this.#reported(connection, place, frame));
  }

  #offered(connection: Connection, { name, cores }: OfferMessage): void {
    if (this.#isShared) {
      say(connection, { type: 'start', places: [] });
      return;
    }
    const offer = { machine: { name, cores }, connection };
    this.#offers.push(offer);
    this.#answerPings(connection);
    connection.onClose = () => {
      if (!this.#isShared) this.#offers.splice(this.#offers.indexOf(offer), 1);
    };
    if (this.#offers.length === this.#parts.agents) this.#share();
  }

  #share(): void {
    const { places, rules, onShared, onFailure } = this.#parts;
    const machines = this.#offers.map(({ machine }) => machine);
    const shares = shareOut(places, machines, rules);
    this.#isShared = true;
    if (shares === null) {
      const names = machines.map(({ name }) => name).join(', ');
      onFailure(
        new InputError({
          found: 'live.placement: a role may run on none of the machines that have joined',
          advice: [`expected one of: ${names}`],
        }),
      );
      return;
    }
    onShared(machines.map((machine, index) => ({ ...machine, places: shares[index]! })));
    for (const [index, { connection }] of this.#offers.entries()) {
      say(connection, { type: 'start', places: shares[index]! });
    }
  }

  /** Who waits shall not take the simulator for dead. */
  #answerPings(connection: Connection): void {
    const { wallUs } = this.#parts;
    connection.onFrame = ({ header }) => {
      const message = header as unknown as HostMessage;
      if (message.type !== 'ping') return;
      say(connection, { type: 'pong', hostWallUs: message.hostWallUs, wallUs: wallUs() });
    };
  }
}
