import type { TimeUs } from '../../../simulation/time.ts';
import type { BodyMemory } from '../../../transport/body-memory.ts';
import type { Frame } from '../../../transport/frame.ts';
import { readMessage } from '../../../transport/message.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { Has, Numbers, ProcessMessage } from '../protocol/control-message.ts';
import type { Envelope } from '../protocol/envelope.ts';
import type { LiveClock } from '../protocol/live-clock.ts';
import { type PeerMessage, peerMessageSchema } from '../protocol/peer-message.ts';
import type { Address, ProcessSlot } from '../protocol/placement.ts';
import type { Deliveries } from './deliveries.ts';
import type { LiveContext } from './live-context.ts';
import { PeerChecks } from './peer-checks.ts';
import type { Peer, PeerLinks } from './peer-links.ts';
import type { ProcessNodes } from './process-nodes.ts';

interface PeerExchangeParts {
  settings: WorldSettings;
  clock: LiveClock;
  slots: readonly ProcessSlot[];
  self: number;
  /** Undefined for a node that is not part of the run. */
  slotOf: (node: string) => number | undefined;
  links: PeerLinks;
  context: LiveContext;
  nodes: ProcessNodes;
  deliveries: Deliveries;
  send: (message: ProcessMessage, body?: Uint8Array) => void;
  /** Handles all events that are due. */
  runDue: () => void;
  /** Events that wait for their time, in no order. */
  waiting: () => readonly { timeUs: TimeUs; event: { type: string; envelope?: Envelope } }[];
  flush: () => void;
  flushSoon: () => void;
}

/** Messages between this process and the others of the run, and the loss of another. */
export class PeerExchange {
  readonly #parts: PeerExchangeParts;
  readonly #checks: PeerChecks;
  readonly #cloudSlot: number;

  constructor(parts: PeerExchangeParts) {
    const { settings, self, slotOf, slots, context } = parts;
    this.#parts = parts;
    this.#cloudSlot = slots.find(({ role }) => role === 'cloud')!.index;
    this.#checks = new PeerChecks({
      settings,
      self,
      slotOf,
      newest: () => context.newest.version,
    });
  }

  /** Where vectors of other processes are read into. */
  get received(): BodyMemory {
    return this.#parts.deliveries.received;
  }

  /** By slot: the address of its process; null where there is none. */
  meet(addresses: readonly (Address | null)[]): void {
    const { links, nodes, settings, slots, flushSoon } = this.#parts;
    const wasWithout = links.isCut(this.#cloudSlot);
    const lost = slots.filter(({ index }) => links.isCut(index));
    links.setAddresses(addresses);
    const back = lost.filter(({ index }) => !links.isCut(index));
    nodes.meet(new Set(back.flatMap((slot) => slot.nodes)));
    flushSoon();
    if (!wasWithout || links.isCut(this.#cloudSlot)) return;
    if (settings.mode === null || settings.mode.maximumStaleness === null) return;
    // The cloud's new process does not know which version each worker works on.
    for (const { worker, version } of nodes.workUnderWay) this.sendWork(worker, version);
  }

  /**
   * Takes a message of another process. Throws BadFrame for a message that does not fit. While the
   * clock is held it returns a promise, and the connection reads no further until that resolves.
   */
  receive({ header, body }: Frame, from: Peer): void | Promise<void> {
    const message = readMessage(peerMessageSchema, header);
    this.#checks.check(from.slot, message, body);
    return this.#take(from, message, body as Float32Array | null);
  }

  /** Another process is lost: reports what is known here of the messages of its nodes. */
  lose(lost: number): void {
    const { slots, links, nodes, deliveries, context, send, waiting, flush } = this.#parts;
    links.lose(lost);
    const lostNodes = new Set(slots[lost]!.nodes);
    nodes.lose(lostNodes);
    flush();
    const elsewhere = nodes.collectedFrom(lostNodes);
    for (const { event } of waiting()) {
      if (event.type === 'arrival') noteFrom(lostNodes, event.envelope!, elsewhere);
    }
    const sentThere = deliveries.takeSentTo(lost);
    const has: Has = { lost, elsewhere, sentThere, newest: context.newest };
    send({ type: 'has' }, new TextEncoder().encode(JSON.stringify(has)));
  }

  /** Sends the cloud the version that a worker works on; null when it has stopped. */
  sendWork(worker: string, version: number | null): void {
    const { self, links } = this.#parts;
    if (this.#cloudSlot === self) {
      this.#workChanged(worker, version);
      return;
    }
    const message = { type: 'work', worker, version } as const;
    links.send(this.#cloudSlot, { message, body: () => null, done: () => {} });
  }

  #take(from: Peer, message: PeerMessage, body: Float32Array | null): void | Promise<void> {
    const { clock, nodes, deliveries, runDue, flushSoon } = this.#parts;
    if (!clock.isRunning) {
      return clock.running().then(() => this.#take(from, message, body));
    }
    // A message that waited here is lost with its sender.
    if (!from.isThere()) return;
    // Events that are due come before it.
    runDue();
    switch (message.type) {
      case 'nodes':
        deliveries.receive(message, body);
        break;
      case 'work':
        this.#workChanged(message.worker, message.version);
        break;
      case 'recovered':
        nodes.workerRecovered(message.worker, message.server);
        break;
      default:
        message satisfies never;
    }
    runDue();
    flushSoon();
  }

  #workChanged(worker: string, version: number | null): void {
    const cloud = this.#parts.nodes.roundsCloud;
    if (version === null) cloud?.endWork(worker);
    else cloud?.beginWork(worker, version);
  }
}

/** Adds the number of a gradient or result of one of these nodes. */
function noteFrom(nodes: ReadonlySet<string>, { from, message }: Envelope, numbers: Numbers): void {
  if (!nodes.has(from)) return;
  if (message.type === 'gradient') numbers.gradients.push(message.gradient);
  else if (message.type === 'result') numbers.results.push(message.result);
  else if (message.type === 'update') numbers.results.push(message.update);
}
