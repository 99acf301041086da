import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Composition } from '#src/compose/compose.js';
import type { Config } from '#src/config/config-schema.js';
import { problemOfFields } from '#src/journal/event-schema.js';
import type { JournalLine } from '#src/journal/events.js';
import { JournalWriter, journalStart } from '#src/journal/writer.js';
import { AgentDispatcher } from '#src/processes/agent-dispatcher.js';
import type { Frame, Header } from '#src/transport/frame.js';
import { Coordinator } from '#src/worlds/live/coordinator/coordinator.js';
import {
  type CoordinatorMessage,
  LIVE_PROTOCOL,
} from '#src/worlds/live/protocol/control-message.js';
import { LiveClock } from '#src/worlds/live/protocol/live-clock.js';
import { type ProcessSlot, placeNodes } from '#src/worlds/live/protocol/placement.js';
import { numbersOf } from '#src/worlds/live/protocol/process-numbers.js';
import { Peer } from './peer.ts';

const wallUs = () => performance.now() * 1000;
const ids = { gradients: [], results: [] };

/** A process that does what the coordinator asks of it and computes nothing. */
export interface Puppet {
  slot: ProcessSlot;
  control: Peer;
  bulk: Peer | null;
  generation: number;
  isReady: boolean;
}

/** A live run's coordinator whose processes are puppets, which a test has say anything. */
export class FuzzedSimulator {
  readonly coordinator: Coordinator;
  readonly slots: readonly ProcessSlot[];
  readonly puppets: Puppet[] = [];
  /** Why it failed, if it did. */
  failure: Error | null = null;
  hasEnded = false;
  lost = 0;
  refused = 0;
  readonly #admission: AgentDispatcher;
  readonly #lines = { simulated: 0, host: 0 };
  #given = 0;

  constructor(config: Config, { settings, mobility, theta }: Composition) {
    const clock = new LiveClock(wallUs, 1);
    clock.set({ isRunning: false, simUs: 0, wallUs: wallUs() });
    this.slots = placeNodes(settings, config.live.workerProcesses);
    this.coordinator = new Coordinator({
      ...{ settings, mobility, clock, wallUs, theta, speed: 1, run: null, state: null },
      journal: new JournalWriter({ write: (text) => this.#check(text) }, journalStart(), () => 0),
      slots: this.slots,
      ...{ patienceS: 10_000, answerS: 10_000, returnS: 10_000 },
      checkpointRounds: Number.POSITIVE_INFINITY,
      onMeasured: () => {},
      onCheckpoint: () => {},
      onLost: (slot) => queueMicrotask(() => this.#join(slot)),
    });
    this.#admission = new AgentDispatcher({
      slots: this.slots,
      ...{ rules: {}, agents: 0, wallUs, patienceS: 10_000 },
      accept: (connection) => this.coordinator.accept(connection),
      onShared: () => {},
      onFailure: (error) => this.coordinator.fail(error),
      onBadFrame: (remote, why) => this.coordinator.refuse(remote, why),
    });
  }

  /** Everyone is there, and the run is on. */
  async begin(): Promise<void> {
    for (const { index } of this.slots) this.#join(index);
    await this.coordinator.gathered();
    this.coordinator.play().then(
      () => {
        this.hasEnded = true;
      },
      (error) => {
        this.failure = error;
      },
    );
  }

  /** A connection of somebody who has not said who it is. */
  unauthenticated(): Peer {
    const peer = new Peer('unknown');
    this.#admission.receive(peer.connection);
    return peer;
  }

  /** Every slot has a process again, and each of them is answered. */
  async isWell(): Promise<void> {
    const { slots } = this.coordinator;
    for (let turns = 0; slots.some(({ isReady }) => !isReady) && turns < 100; turns += 1) {
      await turn();
      slots.splice(0, slots.length, ...this.coordinator.slots);
    }
    if (this.failure !== null || this.hasEnded) return;
    expect(slots.filter(({ isReady }) => !isReady)).toEqual([]);
  }

  /** A number of a gradient or a result that no process has given. */
  newNumber({ slot, generation }: Puppet): number {
    const { first, step } = numbersOf({
      slot: slot.index,
      slots: this.slots.length,
      generation,
    });
    this.#given += 1;
    return first + step * this.#given;
  }

  #join(slot: number): void {
    if (this.failure !== null || this.hasEnded) return;
    const control = new Peer(`process ${slot}`);
    this.#admission.receive(control.connection);
    const puppet: Puppet = {
      slot: this.slots[slot]!,
      control,
      bulk: null,
      generation: 0,
      isReady: false,
    };
    this.puppets[slot] = puppet;
    // Later: no process answers before the question is out.
    control.onFrame = (frame) => queueMicrotask(() => this.#answer(puppet, frame));
    say(control, { type: 'hello', protocol: LIVE_PROTOCOL, pid: 1, slot });
  }

  #answer(puppet: Puppet, { header, body }: Frame): void {
    const { control, slot } = puppet;
    const message = header as unknown as CoordinatorMessage;
    if (message.type === 'setup') {
      const { generations, nonce } = JSON.parse(Buffer.from(body!.buffer).toString());
      puppet.generation = generations[slot.index];
      if (nonce !== null) this.#attach(puppet, nonce);
      puppet.isReady = true;
      say(control, { type: 'ready', address: { host: 'here', port: 1 } });
    } else if (message.type === 'clock' && !message.reading.isRunning) {
      say(control, { type: 'held', change: message.change });
    } else if (message.type === 'lost') {
      const newest = { version: 0, round: 0 };
      const has = { lost: message.slot, elsewhere: ids, sentThere: ids, newest };
      say(control, { type: 'has' }, new TextEncoder().encode(JSON.stringify(has)));
    } else if (message.type === 'end') {
      say(control, { type: 'ended', computed: 0 });
    }
  }

  #attach(puppet: Puppet, nonce: string): void {
    const bulk = this.unauthenticated();
    puppet.bulk = bulk;
    say(bulk, { type: 'bulk', slot: puppet.slot.index, generation: puppet.generation, nonce });
  }

  /** Every line of the journal can be read again. */
  #check(text: string): void {
    for (const each of text.split('\n').filter(Boolean)) {
      const line = JSON.parse(each) as JournalLine;
      const kind = 'n' in line ? 'simulated' : 'host';
      if (('n' in line ? line.n : line.host) !== this.#lines[kind]) throw new Error(each);
      this.#lines[kind] += 1;
      const problem = problemOfFields(line);
      if (problem !== null) throw new Error(`${problem}: ${each}`);
      if (line.type === 'process-lost') this.lost += 1;
      if (line.type === 'connection-refused') this.refused += 1;
    }
  }
}

function say(peer: Peer, header: object, body: Frame['body'] = null): void {
  peer.send({ header: header as Header, body });
}
