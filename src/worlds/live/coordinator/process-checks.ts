import type { Frame } from '../../../transport/frame.ts';
import { needMessage } from '../../../transport/message.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { Has, ReportItem } from '../protocol/control-message.ts';
import { isNumberOf } from '../protocol/process-numbers.ts';
import { factsSchemas, type LateType, type ReportedEvent } from '../protocol/reported-event.ts';
import type { JournalRecorder } from './journal-recorder.ts';
import type { ProcessHandle, ProcessTable } from './process-table.ts';

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
/** A node holds the clock for one evaluation at a time, and for the last one at the end. */
const MOST_HOLDS_A_NODE = 4;

/** Bounds on the progress that an event may report. */
interface Ahead {
  version?: number;
  round?: number;
  gradients?: number;
  server?: string;
}

interface ProcessCheckParts {
  settings: WorldSettings;
  processes: ProcessTable;
  recorder: JournalRecorder;
}

/**
 * Checks the messages of a process of a live run: only what its own nodes can do, and within
 * bounds. Every method throws BadFrame for a message that cannot be true: the process counts as
 * lost.
 */
export class ProcessChecks {
  readonly #parts: ProcessCheckParts;
  readonly #servers: ReadonlyMap<string, { layer: string; parent: string | null }>;

  constructor(parts: ProcessCheckParts) {
    this.#parts = parts;
    this.#servers = new Map(parts.settings.servers.map((server) => [server.id, server]));
  }

  /** Before any of it is taken. */
  report(process: ProcessHandle, items: readonly ReportItem[]): void {
    const { late } = process;
    for (const item of items) {
      if (item.type === 'record') {
        this.#event(process, item.event);
        this.#begin(process, item.event);
        if (item.late !== null) this.#announce(process, item.event, item.late);
      } else {
        const type = late.get(item.late);
        needMessage(type !== undefined, 'facts of no event');
        const { success } = factsSchemas[type].safeParse(item.facts);
        needMessage(success, `facts that are none of an event "${type}"`);
        late.delete(item.late);
      }
    }
    const early = this.#parts.recorder.earlyEndsOf(process);
    needMessage(early <= MOST_EARLY_ENDS, `${early} ends of what never began`);
  }

  hold(process: ProcessHandle): void {
    this.#measuring(process, 'the clock is held by another than the cloud');
    const most = MOST_HOLDS_A_NODE * process.slot.nodes.length;
    needMessage(process.holds < most, `the clock is held more than ${most} times at once`);
  }

  release({ holds }: ProcessHandle): void {
    needMessage(holds > 0, 'the clock is released without having been held');
  }

  finish(process: ProcessHandle): void {
    needMessage(process.slot.role === 'cloud', 'the run is finished by another than the cloud');
  }

  batchWanted(process: ProcessHandle, owner: string): void {
    const { settings } = this.#parts;
    needMessage(process.slot.role === 'workers', 'a batch for a process without workers');
    const owners = settings.sampling?.stays ?? settings.itemsByOwner;
    needMessage(owners.has(owner), 'a batch of an unknown owner');
    if (settings.owners === 'workers') this.#own(process, owner);
    needMessage(process.batches < MOST_BATCHES, `more than ${MOST_BATCHES} batches at once`);
  }

  has(process: ProcessHandle, { lost, newest }: Has): void {
    const { slots } = this.#parts.processes;
    needMessage(lost < slots.length && lost !== process.slot.index, `no process ${lost}`);
    this.#near(newest);
  }

  /** A model of the cloud of some version, or the state of its optimiser. */
  cloudVector(body: Frame['body'], length: number, version: number): Float32Array {
    const isVector = body instanceof Float32Array && body.length === length;
    needMessage(isVector, `a checkpoint without its ${length} numbers`);
    this.#near({ version });
    return body;
  }

  #announce({ late }: ProcessHandle, { type }: ReportedEvent, key: number): void {
    const isLate = type in factsSchemas;
    needMessage(isLate, `an event "${type}" has no facts that come late`);
    const before = late.get(key);
    needMessage(before === undefined || before === type, 'one number for facts of two kinds');
    needMessage(late.size < MOST_LATE, `facts of ${MOST_LATE} events are missing`);
    late.set(key, type as LateType);
  }

  /** Numbers of what begins are the process's own, and rise. */
  #begin(process: ProcessHandle, event: ReportedEvent): void {
    const { slots } = this.#parts.processes;
    const begun = numberOf(event);
    if (begun === null) return;
    const { type, number } = begun;
    const isOwn = isNumberOf(
      { slot: process.slot.index, slots: slots.length, generation: process.generation },
      number,
    );
    needMessage(isOwn, `the number ${number}, which is another process's`);
    // Trainings of several workers end in another order than they begin.
    if (type === null) return;
    const last = process.lastNumber[type];
    needMessage(number > last, `the number ${number} again, after ${last}`);
    process.lastNumber[type] = number;
  }

  #event(process: ProcessHandle, event: ReportedEvent): void {
    switch (event.type) {
      case 'waiting':
        this.#own(process, event.server);
        this.#server(event.server);
        for (const names of [event.from, event.crashed, event.cut]) this.#nodes(names ?? []);
        break;
      case 'round-opened':
      case 'no-result':
        this.#own(process, event.server);
        this.#server(event.server);
        break;
      case 'aggregated':
        this.#own(process, event.server);
        needMessage(this.#server(event.server).layer === event.layer, 'another layer');
        break;
      case 'held-back':
        this.#own(process, event.server);
        this.#cloud(process);
        this.#nodes(event.workers);
        break;
      case 'round-ended':
        this.#own(process, event.server);
        this.#cloud(process);
        break;
      case 'updated':
      case 'evaluated':
        this.#own(process, event.server);
        this.#measuring(process, 'an event of the cloud from another process');
        break;
      case 'samples-collected':
      case 'window-closed':
      case 'window-dropped':
      case 'window-trained':
        this.#own(process, event.worker);
        break;
      case 'update-sent':
        this.#own(process, event.node);
        this.#server(event.server);
        break;
      case 'update-ended':
        this.#own(process, event.node, event.server);
        this.#server(event.server);
        break;
      case 'participants':
        this.#own(process, event.server);
        this.#nodes(event.participants);
        break;
      case 'update-held-back':
      case 'change-ended':
        this.#own(process, event.node);
        break;
      case 'model-sent':
        this.#own(process, event.node);
        this.#nodes([event.to]);
        break;
      case 'model-received':
        this.#own(process, event.node);
        this.#server(event.from);
        break;
      case 'gradient-started':
        this.#own(process, event.worker);
        this.#server(event.server);
        break;
      case 'gradient-ended':
        this.#own(process, event.worker, event.server);
        this.#server(event.server);
        break;
      case 'result-ended':
        this.#own(process, event.server, event.parent);
        this.#link(event);
        break;
      case 'cut':
      case 'restored':
        this.#own(process, event.server);
        this.#link(event);
        break;
      case 'transfer-started':
        this.#own(process, event.from);
        this.#nodes([event.to]);
        break;
      case 'transfer-ended':
      case 'message-lost':
      case 'message-retried':
      case 'message-repeated':
        this.#own(process, event.from, event.to);
        break;
      case 'crashed':
      case 'recovered':
        this.#own(process, event.node);
        break;
      default:
        event satisfies never;
    }
    this.#near(event as Ahead);
  }

  /** Nodes of the run, one of which at least is the process's. */
  #own({ slot }: ProcessHandle, ...nodes: string[]): void {
    const { processes } = this.#parts;
    for (const node of nodes) needMessage(processes.isNode(node), 'a node that the run has not');
    const isOwn = nodes.some((node) => processes.slotOf(node) === slot.index);
    needMessage(isOwn, `what happened to ${nodes.join(' and ')}, which run elsewhere`);
  }

  /** Each is a node of the run, and none occurs twice. */
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

  /** In a tree of models every node has one that it may measure. */
  #measuring({ slot }: ProcessHandle, why: string): void {
    needMessage(slot.role === 'cloud' || this.#parts.settings.hierarchy !== null, why);
  }

  #cloud({ slot }: ProcessHandle): void {
    needMessage(slot.role === 'cloud', 'an event of the cloud from another process');
  }

  /** How far a reported number may be ahead of the known one. */
  #near(event: Ahead): void {
    const { version = 0, round = 0, gradients = 0, server } = event;
    const { newest, newestAnywhere, started } = this.#parts.recorder;
    const known = server === undefined ? 0 : this.#parts.recorder.roundOf(server);
    const newestVersion = Math.max(newest.version, newestAnywhere);
    needMessage(version <= newestVersion + MOST_AHEAD, `version ${version}`);
    needMessage(round <= Math.max(newest.round, known) + MOST_AHEAD, `round ${round}`);
    needMessage(gradients <= started + MOST_AHEAD, `${gradients} gradients`);
  }
}

/** The number that an event gives, and among which it rises; null for an event that gives none. */
function numberOf(
  event: ReportedEvent,
): { type: keyof ProcessHandle['lastNumber'] | null; number: number } | null {
  switch (event.type) {
    case 'gradient-started':
      return { type: 'gradient-started', number: event.gradient };
    case 'window-trained':
      return { type: null, number: event.gradient };
    case 'aggregated':
      return { type: 'aggregated', number: event.result };
    case 'update-sent':
    case 'change-ended':
      return { type: 'update-sent', number: event.update };
    default:
      return null;
  }
}
