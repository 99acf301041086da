import { needMessage } from '../../../transport/message.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { Has, ReportItem } from '../protocol/control-message.ts';
import { isNumberOf } from '../protocol/host-numbers.ts';
import { factsSchemas, type LateType, type ReportedEvent } from '../protocol/reported-event.ts';
import type { JournalRecorder } from './journal-recorder.ts';
import type { Host, ProcessTable } from './process-table.ts';

/**
 * Versions, rounds and gradients by which a process may be ahead of what is known: reports of several
 * processes come in any order, and the last ones of a process that was lost never.
 */
const MOST_AHEAD = 2 ** 16;
/** Events of one process whose facts are still missing. */
const MOST_LATE = 4096;
/** Ends that one process has reported before anybody reported the beginning. */
const MOST_EARLY_ENDS = 2 ** 14;
/** Batches that one process waits for: while the clock is held, none is given. */
const MOST_BATCHES = 10_000;
/** The cloud holds the clock for one evaluation at a time, and for the last one at the end. */
const MOST_HOLDS = 4;

/** What an event may say of how far the run has come. */
interface Ahead {
  version?: number;
  round?: number;
  gradients?: number;
  server?: string;
}

export interface HostCheckParts {
  settings: WorldSettings;
  processes: ProcessTable;
  recorder: JournalRecorder;
}

/**
 * What a process of a live run may say: only what its own nodes can do, and within bounds. Every
 * method throws BadFrame for what cannot be true: the process is lost.
 */
export class HostChecks {
  readonly #parts: HostCheckParts;
  readonly #servers: ReadonlyMap<string, { layer: string; parent: string | null }>;

  constructor(parts: HostCheckParts) {
    this.#parts = parts;
    this.#servers = new Map(parts.settings.servers.map((server) => [server.id, server]));
  }

  /** Before any of it is taken. */
  report(host: Host, items: readonly ReportItem[]): void {
    const { late } = host;
    for (const item of items) {
      if (item.type === 'record') {
        this.#event(host, item.event);
        this.#begin(host, item.event);
        if (item.late !== null) this.#announce(host, item.event, item.late);
      } else {
        const type = late.get(item.late);
        needMessage(type !== undefined, 'facts of no event');
        const { success } = factsSchemas[type].safeParse(item.facts);
        needMessage(success, `facts that are none of an event "${type}"`);
        late.delete(item.late);
      }
    }
    const early = this.#parts.recorder.earlyEndsOf(host);
    needMessage(early <= MOST_EARLY_ENDS, `${early} ends of what never began`);
  }

  hold(host: Host): void {
    needMessage(host.place.role === 'cloud', 'the clock is held by another than the cloud');
    needMessage(host.holds < MOST_HOLDS, `the clock is held more than ${MOST_HOLDS} times at once`);
  }

  release({ holds }: Host): void {
    needMessage(holds > 0, 'the clock is released without having been held');
  }

  finish(host: Host): void {
    needMessage(host.place.role === 'cloud', 'the run is finished by another than the cloud');
  }

  batchWanted(host: Host, owner: string): void {
    const { settings } = this.#parts;
    needMessage(host.place.role === 'workers', 'a batch for a process without workers');
    needMessage(settings.shares.has(owner), 'a batch of an unknown owner');
    if (settings.owners === 'workers') this.#own(host, owner);
    needMessage(host.batches < MOST_BATCHES, `more than ${MOST_BATCHES} batches at once`);
  }

  has(host: Host, { lost, newest }: Has): void {
    const { places } = this.#parts.processes;
    needMessage(lost < places.length && lost !== host.place.host, `no process ${lost}`);
    this.#near(newest);
  }

  /** A model of the cloud, or what its optimiser remembers. */
  checkpoint(body: Float32Array | Uint8Array | null, version: number): Float32Array {
    const { dimension } = this.#parts.settings;
    const isVector = body instanceof Float32Array && body.length === dimension;
    needMessage(isVector, `a checkpoint without its ${dimension} numbers`);
    this.#near({ version });
    return body;
  }

  #announce({ late }: Host, { type }: ReportedEvent, key: number): void {
    const isLate = type in factsSchemas;
    needMessage(isLate, `an event "${type}" has no facts that come late`);
    const before = late.get(key);
    needMessage(before === undefined || before === type, 'one number for facts of two kinds');
    needMessage(late.size < MOST_LATE, `facts of ${MOST_LATE} events are missing`);
    late.set(key, type as LateType);
  }

  /** Numbers of what begins are the process's own, and rise. */
  #begin(host: Host, event: ReportedEvent): void {
    const { places } = this.#parts.processes;
    const { type } = event;
    if (type !== 'gradient-started' && type !== 'aggregated') return;
    const number = type === 'aggregated' ? event.result : event.gradient;
    const isOwn = isNumberOf(
      { place: host.place.host, places: places.length, generation: host.generation },
      number,
    );
    needMessage(isOwn, `the number ${number}, which is another process's`);
    const last = host.lastNumber[type];
    needMessage(number > last, `the number ${number} again, after ${last}`);
    host.lastNumber[type] = number;
  }

  #event(host: Host, event: ReportedEvent): void {
    switch (event.type) {
      case 'waiting':
        this.#own(host, event.server);
        this.#server(event.server);
        for (const names of [event.from, event.crashed, event.cut]) this.#nodes(names ?? []);
        break;
      case 'round-opened':
      case 'no-result':
        this.#own(host, event.server);
        this.#server(event.server);
        break;
      case 'aggregated':
        this.#own(host, event.server);
        needMessage(this.#server(event.server).layer === event.layer, 'another layer');
        break;
      case 'held-back':
        this.#own(host, event.server);
        this.#cloud(host);
        this.#nodes(event.workers);
        break;
      case 'round-ended':
      case 'updated':
      case 'evaluated':
        this.#own(host, event.server);
        this.#cloud(host);
        break;
      case 'gradient-started':
        this.#own(host, event.worker);
        this.#server(event.server);
        break;
      case 'gradient-ended':
        this.#own(host, event.worker, event.server);
        this.#server(event.server);
        break;
      case 'result-ended':
        this.#own(host, event.server, event.parent);
        this.#link(event);
        break;
      case 'cut':
      case 'restored':
        this.#own(host, event.server);
        this.#link(event);
        break;
      case 'message-lost':
      case 'message-repeated':
        this.#own(host, event.from, event.to);
        break;
      case 'crashed':
      case 'recovered':
        this.#own(host, event.node);
        break;
    }
    this.#near(event as Ahead);
  }

  /** Nodes of the run, one of which at least is the process's. */
  #own({ place }: Host, ...nodes: string[]): void {
    const { processes } = this.#parts;
    for (const node of nodes) needMessage(processes.isNode(node), 'a node that the run has not');
    const isOwn = nodes.some((node) => processes.placeOf(node) === place.host);
    needMessage(isOwn, `what happened to ${nodes.join(' and ')}, which run elsewhere`);
  }

  /** Each is a node of the run, and none is there twice. */
  #nodes(names: readonly string[]): void {
    const { processes } = this.#parts;
    needMessage(
      names.every((node) => processes.isNode(node)),
      'a node that the run has not',
    );
    needMessage(new Set(names).size === names.length, 'a node twice');
  }

  #server(id: string): { layer: string; parent: string | null } {
    const server = this.#servers.get(id);
    needMessage(server !== undefined, 'a server that the run has not');
    return server;
  }

  #link({ server, parent }: { server: string; parent: string }): void {
    needMessage(this.#server(server).parent === parent, `${server} is not below ${parent}`);
  }

  #cloud({ place }: Host): void {
    needMessage(place.role === 'cloud', 'an event of the cloud from another process');
  }

  /** How far what is said may be ahead of what is known. */
  #near(event: Ahead): void {
    const { version = 0, round = 0, gradients = 0, server } = event;
    const { newest, started } = this.#parts.recorder;
    const known = server === undefined ? 0 : this.#parts.recorder.roundOf(server);
    needMessage(version <= newest.version + MOST_AHEAD, `version ${version}`);
    needMessage(round <= Math.max(newest.round, known) + MOST_AHEAD, `round ${round}`);
    needMessage(gradients <= started + MOST_AHEAD, `${gradients} gradients`);
  }
}
