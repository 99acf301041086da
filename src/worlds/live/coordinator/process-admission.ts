import { z } from 'zod';
import type { JournalWriter } from '../../../journal/writer.ts';
import type { CloseReason, Connection } from '../../../transport/connection.ts';
import type { Frame } from '../../../transport/frame.ts';
import { otherProtocol, readMessage } from '../../../transport/message.ts';
import { isNonce } from '../../../transport/nonce.ts';
import { Silence } from '../../../transport/silence.ts';
import {
  type BulkHello,
  bulkSchema,
  type Has,
  type Hello,
  helloSchema,
  LIVE_PROTOCOL,
  pingSchema,
  type SetupBody,
  say,
} from '../protocol/control-message.ts';
import type { WallClock } from '../protocol/live-clock.ts';
import type { LostProcess } from './in-flight-tracker.ts';
import { ProcessLossInquiries } from './process-loss-inquiries.ts';
import type { ProcessHandle, ProcessTable } from './process-table.ts';

const firstMessageSchema = z.discriminatedUnion('type', [helloSchema, bulkSchema]);

/** Wall time after which a request for a process is repeated. */
const ASK_AGAIN_US = 60_000_000;
/** Refused connections recorded in the journal at most. */
const MOST_REFUSED = 1000;

interface ProcessAdmissionParts {
  processes: ProcessTable;
  journal: JournalWriter;
  wallUs: WallClock;
  /** The run as every process is sent it. */
  run: unknown;
  /** A process that has sent nothing for this long is lost. */
  patienceS: number;
  /** Whether the run still takes processes. */
  isOpen: () => boolean;
  /** These throw BadFrame for what does not fit: the connection ends. */
  receive: (process: ProcessHandle, frame: Frame) => void;
  receiveBulk: (process: ProcessHandle, frame: Frame) => void;
  onGone: (process: ProcessHandle, why: string) => void;
  /** Called when all others have reported what they know of a lost process. */
  onSettled: (lost: LostProcess) => void;
  /** Called when a slot needs another process. `wasReady`: the last one was ready, or none was lost. */
  onWanted: (slot: number, wasReady: boolean) => void;
}

/** Lets processes join, and detects and records their loss. */
export class ProcessAdmission {
  readonly #parts: ProcessAdmissionParts;
  readonly #losses = new ProcessLossInquiries();
  /** Processes that wait to join until the loss of their predecessor is settled. */
  #waiting: { slot: number; connection: Connection; join: () => void }[] = [];
  /** By slot without a process: wall time of the last request for one. */
  readonly #askedUs = new Map<number, number>();
  #refused = 0;

  constructor(parts: ProcessAdmissionParts) {
    this.#parts = parts;
  }

  /** Takes a connection: a process that joins, or the second connection of one. */
  accept(connection: Connection): void {
    connection.onFrame = ({ header }) => {
      const hello = readMessage(firstMessageSchema, header);
      if (hello.type === 'hello') this.#join(connection, hello);
      else this.#attach(connection, hello);
    };
    connection.onClose = ({ kind, detail }) => {
      if (kind === 'bad-frame') this.refuse(connection.remote, detail);
    };
  }

  /** Records that the process is ready. */
  ready({
    slot: { index: slot, role, nodes },
    generation,
    pid,
    connection: { remote },
  }: ProcessHandle): void {
    this.#askedUs.delete(slot);
    const process = { slot, generation, role, nodes, pid, remote };
    this.#parts.journal.recordHost({ type: 'process-started', ...process });
  }

  /** Records what it has said that it has cost. */
  recordCosts({ slot: { index: slot }, generation, costs }: ProcessHandle): void {
    if (costs === null) return;
    this.#parts.journal.recordHost({ type: 'process-costs', slot, generation, ...costs });
  }

  /** Ends silent processes and repeats requests. Called regularly. */
  watch(): void {
    const { processes, wallUs, patienceS } = this.#parts;
    for (const { silence, connection, address } of processes.present) {
      // A process that is still being set up may be too busy to send anything.
      if (silence.look() > patienceS && address !== null) connection.destroy();
    }
    for (const [slot, askedUs] of this.#askedUs) {
      if (wallUs() - askedUs < ASK_AGAIN_US) continue;
      processes.at(slot)?.connection.destroy();
      this.wantAnother(slot, true);
    }
  }

  /** A process is lost before the run has begun: no other process has data of it. */
  drop(process: ProcessHandle, why: string): void {
    const { processes, journal } = this.#parts;
    const { index: slot } = process.slot;
    processes.drop(process);
    this.recordCosts(process);
    journal.recordHost({ type: 'process-lost', slot, generation: process.generation, why });
  }

  /** Notifies the other processes of a loss; each answers with what it knows of the lost nodes' messages. */
  lose(process: ProcessHandle, why: string): void {
    const { processes, journal } = this.#parts;
    const { index: slot, nodes } = process.slot;
    processes.lose(process);
    this.recordCosts(process);
    journal.recordHost({ type: 'process-lost', slot, generation: process.generation, why });
    processes.broadcast({ type: 'lost', slot });
    const asked = processes.present.filter(({ address }) => address !== null);
    const slots = asked.map((other) => other.slot.index);
    this.#losses.begin(slot, nodes, slots);
  }

  /** Takes the answer of a process about a lost one. */
  heard({ slot }: ProcessHandle, has: Has): void {
    this.#losses.heard(slot.index, has);
    this.#settle();
  }

  /** Slots of lost processes about which this process has yet to answer. */
  unheardOf({ slot }: ProcessHandle): number[] {
    return this.#losses.unheardOf(slot.index);
  }

  /** A process with open inquiries is lost itself. */
  unheard({ slot }: ProcessHandle): void {
    this.#losses.gone(slot.index);
    this.#settle();
  }

  wantAnother(slot: number, wasReady: boolean): void {
    const { onWanted, wallUs } = this.#parts;
    this.#askedUs.set(slot, wallUs());
    onWanted(slot, wasReady);
  }

  #join(connection: Connection, hello: Hello): void {
    const { processes, wallUs, run, patienceS, isOpen, receive, onGone } = this.#parts;
    const refuse = (reason: string) => {
      say(connection, { type: 'refused', reason });
      connection.close();
    };
    const { protocol, pid, slot: number } = hello;
    if (protocol !== LIVE_PROTOCOL) {
      refuse(otherProtocol(LIVE_PROTOCOL, protocol));
      return;
    }
    const slot = processes.slots[number];
    if (slot === undefined || !isOpen() || processes.at(number) !== null) {
      refuse('this run has all the processes that it needs');
      return;
    }
    if (this.#losses.isOpen(number)) {
      const join = () => this.#join(connection, hello);
      // It may send pings, which are not answered yet.
      connection.onFrame = ({ header }) => void readMessage(pingSchema, header);
      connection.onClose = (reason) => this.#waitingGone(number, connection, reason);
      this.#waiting.push({ slot: number, connection, join });
      return;
    }
    const process = processes.join(slot, connection, pid, new Silence(wallUs));
    connection.onFrame = (frame) => receive(process, frame);
    connection.onClose = ({ kind, detail }) =>
      onGone(process, kind === 'handler-failed' || kind === 'bad-frame' ? detail : kind);
    const { slots, generations } = processes;
    const { nonce } = process;
    const setup: SetupBody = {
      run,
      slots: [...slots],
      generations: [...generations],
      patienceS,
      nonce,
    };
    const body = new TextEncoder().encode(JSON.stringify(setup));
    processes.send(process, { type: 'setup', self: slot.index }, body);
  }

  /** The second connection of a process. */
  #attach(connection: Connection, { slot, generation, nonce }: BulkHello): void {
    const { processes, receiveBulk, onGone } = this.#parts;
    const process = processes.at(slot);
    if (process?.generation !== generation || !isNonce(nonce, process.nonce)) {
      connection.destroy();
      return;
    }
    process.nonce = null;
    process.bulk = connection;
    connection.onFrame = (frame) => receiveBulk(process, frame);
    connection.onClose = ({ kind, detail }) => {
      if (kind === 'bad-frame') onGone(process, detail);
      // At the end of the run both are closed here, and the first one may still have to say so.
      if (kind !== 'closed' || process.isLost) process.connection.destroy();
    };
    say(connection, { type: 'kept' });
  }

  /** Records a connection that ended for a bad message before it was known as a process's. */
  refuse(remote: string, why: string): void {
    if (this.#refused === MOST_REFUSED) return;
    this.#refused += 1;
    this.#parts.journal.recordHost({ type: 'connection-refused', remote, why });
  }

  /** A waiting process is lost: requests another, unless one waits already. */
  #waitingGone(slot: number, connection: Connection, { kind, detail }: CloseReason): void {
    if (kind === 'bad-frame') this.refuse(connection.remote, detail);
    this.#waiting = this.#waiting.filter((each) => each.connection !== connection);
    const isWaited = this.#waiting.some((each) => each.slot === slot);
    if (!isWaited && this.#parts.isOpen()) {
      this.wantAnother(slot, false);
    }
  }

  #settle(): void {
    for (const { slot, lost } of this.#losses.takeSettled()) {
      this.#parts.onSettled(lost);
      const joining = this.#waiting.filter((each) => each.slot === slot);
      this.#waiting = this.#waiting.filter((each) => each.slot !== slot);
      // Others than the first are refused.
      for (const { join } of joining) join();
    }
  }
}
