import { z } from 'zod';
import { InputError } from '../errors.ts';
import type { Connection } from '../transport/connection.ts';
import type { Frame } from '../transport/frame.ts';
import { otherProtocol, readMessage } from '../transport/message.ts';
import { Silence } from '../transport/silence.ts';
import {
  assignProcesses,
  type Machine,
  type PlacementRules,
} from '../worlds/live/protocol/assign-processes.ts';
import {
  bulkSchema,
  helloSchema,
  LIVE_PROTOCOL,
  type OfferMessage,
  offerSchema,
  pingSchema,
  say,
} from '../worlds/live/protocol/control-message.ts';
import type { ProcessSlot } from '../worlds/live/protocol/placement.ts';

const LOOK_MS = 500;

const firstMessageSchema = z.discriminatedUnion('type', [helloSchema, bulkSchema, offerSchema]);

interface AgentDispatcherParts {
  slots: readonly ProcessSlot[];
  rules: PlacementRules;
  /** Agents that shall share the processes; 0 where these are started without any. */
  agents: number;
  wallUs: () => number;
  /** Seconds of silence after which an agent counts as lost. */
  patienceS: number;
  /** Takes a process. */
  accept: (connection: Connection) => void;
  /** Called when the processes are assigned to machines. */
  onShared: (shares: readonly (Machine & { slots: number[] })[]) => void;
  onFailure: (error: Error) => void;
  /** A frame that does not fit, on a connection that was no process's. */
  onBadFrame: (remote: string, why: string) => void;
}

interface Offer {
  machine: Machine;
  connection: Connection;
  /** The processes assigned to it. */
  slots: number[];
  silence: Silence;
}

/**
 * Where the processes of a live run report. Agents offer their machines here; when as many have
 * come as were expected, each gets the list of processes to start, and later those to start again.
 * The connections of the processes are passed on to the coordinator.
 */
export class AgentDispatcher {
  readonly #parts: AgentDispatcherParts;
  #offers: Offer[] = [];
  /** Processes that no agent could start. */
  readonly #missing = new Set<number>();
  #isShared = false;
  readonly #watch: NodeJS.Timeout;

  constructor(parts: AgentDispatcherParts) {
    this.#parts = parts;
    this.#watch = setInterval(() => {
      for (const { silence } of this.#offers) silence.look();
    }, LOOK_MS).unref();
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
    connection.onClose = ({ kind, detail }) => {
      if (kind === 'bad-frame') this.#parts.onBadFrame(connection.remote, detail);
    };
    connection.onFrame = (frame) => this.#first(connection, frame);
  }

  /** A process is gone: the agent that had it starts it again, or another that may, or one to come. */
  startAgain(slot: number): void {
    const { patienceS } = this.#parts;
    const there = this.#offers.filter(({ silence }) => silence.look() < patienceS);
    const before = there.find(({ slots }) => slots.includes(slot));
    const offer = before ?? this.#lightest(slot, there);
    this.#missing.add(slot);
    if (offer !== undefined) this.#give(offer, slot);
  }

  /** The run is over: lets the agents go. */
  close(): void {
    clearInterval(this.#watch);
    for (const { connection } of this.#offers) connection.close();
  }

  #first(connection: Connection, frame: Frame): void {
    const message = readMessage(firstMessageSchema, frame.header);
    if (message.type === 'bulk') {
      this.#handOn(connection, frame);
    } else if (message.protocol !== LIVE_PROTOCOL) {
      const reason = otherProtocol(LIVE_PROTOCOL, message.protocol);
      say(connection, { type: 'refused', reason });
      connection.close();
    } else if (message.type === 'offer') {
      this.#offered(connection, message);
    } else {
      this.#missing.delete(message.slot);
      this.#handOn(connection, frame);
    }
  }

  #handOn(connection: Connection, first: Frame): void {
    this.#parts.accept(connection);
    void connection.onFrame(first);
  }

  #offered(connection: Connection, { name, cores }: OfferMessage): void {
    const { wallUs, agents } = this.#parts;
    const offer: Offer = {
      machine: { name, cores },
      connection,
      slots: [],
      silence: new Silence(wallUs),
    };
    this.#offers.push(offer);
    connection.onFrame = ({ header }) => {
      readMessage(pingSchema, header);
      offer.silence.heard();
      say(connection, { type: 'pong', wallUs: wallUs() });
    };
    connection.onClose = () => {
      this.#offers = this.#offers.filter((other) => other !== offer);
    };
    if (!this.#isShared) {
      if (this.#offers.length === agents) this.#share();
      return;
    }
    say(connection, { type: 'start', slots: [] });
    for (const slot of this.#missing) {
      if (this.#lightest(slot, [offer]) !== undefined) this.#give(offer, slot);
    }
  }

  #share(): void {
    const { slots, rules, onShared, onFailure } = this.#parts;
    const machines = this.#offers.map(({ machine }) => machine);
    const shares = assignProcesses(slots, machines, rules);
    this.#isShared = true;
    if (shares === null) {
      const names = machines.map(({ name }) => name).join(', ');
      onFailure(
        new InputError({
          path: ['live', 'placement'],
          found: 'a role may run on none of the machines that have joined',
          advice: [`expected one of: ${names}`],
        }),
      );
      return;
    }
    onShared(machines.map((machine, index) => ({ ...machine, slots: shares[index]! })));
    for (const [index, offer] of this.#offers.entries()) {
      offer.slots = shares[index]!;
      say(offer.connection, { type: 'start', slots: offer.slots });
    }
  }

  #give(offer: Offer, slot: number): void {
    for (const other of this.#offers) other.slots = other.slots.filter((each) => each !== slot);
    offer.slots.push(slot);
    say(offer.connection, { type: 'start', slots: [slot] });
  }

  /** Of those that may run that process, the one with the fewest a core. */
  #lightest(slot: number, offers: readonly Offer[]): Offer | undefined {
    const { slots, rules } = this.#parts;
    const names = rules[slots[slot]!.role];
    const load = ({ machine, slots: own }: Offer) => (own.length + 1) / machine.cores;
    return offers
      .filter(({ machine }) => names?.includes(machine.name) ?? true)
      .sort((a, b) => load(a) - load(b))[0];
  }
}
