import { z } from 'zod';
import type { JournalWriter } from '../../../journal/writer.ts';
import type { CloseReason, Connection } from '../../../transport/connection.ts';
import type { Frame } from '../../../transport/frame.ts';
import { readMessage } from '../../../transport/message.ts';
import { isNonce } from '../../../transport/nonce.ts';
import {
  type BulkHello,
  bulkSchema,
  type Has,
  type Hello,
  type HostSetup,
  helloSchema,
  LIVE_PROTOCOL,
  pingSchema,
  say,
} from '../protocol/control-message.ts';
import type { WallClock } from '../protocol/live-clock.ts';
import { Silence } from '../protocol/silence.ts';
import type { LostHost } from './in-flight-tracker.ts';
import { ProcessLossInquiries } from './process-loss-inquiries.ts';
import type { Host, ProcessTable } from './process-table.ts';

const firstMessageSchema = z.discriminatedUnion('type', [helloSchema, bulkSchema]);

/** Wall time after which another process is asked for once more. */
const ASK_AGAIN_US = 60_000_000;
/** Of more connections that are refused in one run the journal says nothing. */
const MOST_REFUSED = 1000;

export interface ProcessAdmissionParts {
  processes: ProcessTable;
  journal: JournalWriter;
  wallUs: WallClock;
  /** What every host makes its share of the run from. */
  run: unknown;
  /** A host that says nothing for so long is lost. */
  patienceS: number;
  /** Whether more processes are wanted at all. */
  isOpen: () => boolean;
  /** These throw BadFrame for what does not fit: the connection ends. */
  receive: (host: Host, frame: Frame) => void;
  receiveBulk: (host: Host, frame: Frame) => void;
  onGone: (host: Host, why: string) => void;
  /** All others have said what they know of one that is gone. */
  onSettled: (lost: LostHost) => void;
  /** Another process is wanted at a place; whether the last one had got ready, or none was lost. */
  onWanted: (place: number, wasReady: boolean) => void;
}

/** Where processes come and go: lets them join, and notices that they are gone. */
export class ProcessAdmission {
  readonly #parts: ProcessAdmissionParts;
  readonly #losses = new ProcessLossInquiries();
  /** Processes of a place whose predecessor is still asked about. */
  #newcomers: { place: number; connection: Connection; join: () => void }[] = [];
  /** By place without a process: when one was asked for last. */
  readonly #askedUs = new Map<number, number>();
  #refused = 0;

  constructor(parts: ProcessAdmissionParts) {
    this.#parts = parts;
  }

  /** A process offers itself as a host, or makes its second connection. */
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

  /** It has made its share of the run. */
  ready({
    place: { host: place, role, nodes },
    generation,
    pid,
    connection: { remote },
  }: Host): void {
    this.#askedUs.delete(place);
    const process = { place, generation, role, nodes, pid, remote };
    this.#parts.journal.recordHost({ type: 'process-started', ...process });
  }

  /** To be called every so often. */
  watch(): void {
    const { processes, wallUs, patienceS } = this.#parts;
    for (const { silence, connection, address } of processes.present) {
      // One that makes its share of the run is too busy to say anything.
      if (silence.look() > patienceS && address !== null) connection.destroy();
    }
    for (const [place, askedUs] of this.#askedUs) {
      if (wallUs() - askedUs < ASK_AGAIN_US) continue;
      processes.at(place)?.connection.destroy();
      this.wantAnother(place, true);
    }
  }

  /** A host is gone before the world has begun: nothing of it is anywhere. */
  drop(host: Host, why: string): void {
    const { processes, journal } = this.#parts;
    const { host: place } = host.place;
    processes.drop(host);
    journal.recordHost({ type: 'process-lost', place, generation: host.generation, why });
  }

  /** Tells everybody that a host is gone, and asks what they know of what was there. */
  lose(host: Host, why: string): void {
    const { processes, journal } = this.#parts;
    const { host: place, nodes } = host.place;
    processes.lose(host);
    journal.recordHost({ type: 'process-lost', place, generation: host.generation, why });
    processes.broadcast({ type: 'lost', host: place });
    const asked = processes.present.filter(({ address }) => address !== null);
    const places = asked.map((other) => other.place.host);
    this.#losses.begin(place, nodes, places);
  }

  /** What a host knows of one that is gone. */
  heard({ place }: Host, has: Has): void {
    this.#losses.heard(place.host, has);
    this.#settle();
  }

  /** Places of processes that are gone and of which this one has yet to say what it knows. */
  unheardOf({ place }: Host): number[] {
    return this.#losses.unheardOf(place.host);
  }

  /** A host will answer no more. */
  unheard({ place }: Host): void {
    this.#losses.gone(place.host);
    this.#settle();
  }

  wantAnother(place: number, wasReady: boolean): void {
    const { onWanted, wallUs } = this.#parts;
    this.#askedUs.set(place, wallUs());
    onWanted(place, wasReady);
  }

  #join(connection: Connection, hello: Hello): void {
    const { processes, wallUs, run, patienceS, isOpen, receive, onGone } = this.#parts;
    const refuse = (reason: string) => {
      say(connection, { type: 'refused', reason });
      connection.close();
    };
    const { protocol, pid, place: number } = hello;
    if (protocol !== LIVE_PROTOCOL) {
      refuse(`this run speaks protocol ${LIVE_PROTOCOL}, not ${protocol}`);
      return;
    }
    const place = processes.places[number];
    if (place === undefined || !isOpen() || processes.at(number) !== null) {
      refuse('this run has all the processes that it needs');
      return;
    }
    if (this.#losses.isOpen(number)) {
      const join = () => this.#join(connection, hello);
      // Pings, which nobody need answer yet.
      connection.onFrame = ({ header }) => void readMessage(pingSchema, header);
      connection.onClose = (reason) => this.#newcomerGone(number, connection, reason);
      this.#newcomers.push({ place: number, connection, join });
      return;
    }
    const host = processes.join(place, connection, pid, new Silence(wallUs));
    connection.onFrame = (frame) => receive(host, frame);
    connection.onClose = ({ kind, detail }) =>
      onGone(host, kind === 'handler-failed' || kind === 'bad-frame' ? detail : kind);
    const { places, generations } = processes;
    const { nonce } = host;
    const setup: HostSetup = {
      run,
      places: [...places],
      generations: [...generations],
      patienceS,
      nonce,
    };
    const body = new TextEncoder().encode(JSON.stringify(setup));
    processes.tell(host, { type: 'setup', self: place.host }, body);
  }

  /** The second connection of a process. */
  #attach(connection: Connection, { place, generation, nonce }: BulkHello): void {
    const { processes, receiveBulk, onGone } = this.#parts;
    const host = processes.at(place);
    if (host?.generation !== generation || !isNonce(nonce, host.nonce)) {
      connection.destroy();
      return;
    }
    host.nonce = null;
    host.bulk = connection;
    connection.onFrame = (frame) => receiveBulk(host, frame);
    connection.onClose = ({ kind, detail }) => {
      if (kind === 'bad-frame') onGone(host, detail);
      host.connection.destroy();
    };
    say(connection, { type: 'kept' });
  }

  /** A connection that was no process's has ended for what came on it. */
  refuse(remote: string, why: string): void {
    if (this.#refused === MOST_REFUSED) return;
    this.#refused += 1;
    this.#parts.journal.recordHost({ type: 'connection-refused', remote, why });
  }

  /** One that waited to join is gone: another is wanted, unless that waits already. */
  #newcomerGone(place: number, connection: Connection, { kind, detail }: CloseReason): void {
    if (kind === 'bad-frame') this.refuse(connection.remote, detail);
    this.#newcomers = this.#newcomers.filter((newcomer) => newcomer.connection !== connection);
    const isWaited = this.#newcomers.some((newcomer) => newcomer.place === place);
    if (!isWaited && this.#parts.isOpen()) {
      this.wantAnother(place, false);
    }
  }

  #settle(): void {
    for (const { place, lost } of this.#losses.takeSettled()) {
      this.#parts.onSettled(lost);
      const waiting = this.#newcomers.filter((newcomer) => newcomer.place === place);
      this.#newcomers = this.#newcomers.filter((newcomer) => newcomer.place !== place);
      // Others than the first are refused.
      for (const { join } of waiting) join();
    }
  }
}
