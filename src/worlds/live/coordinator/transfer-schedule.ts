import {
  type ChannelEvent,
  idleChannels,
  SharedChannels,
  type SharedTransfer,
} from '../../../network/shared-channels.ts';
import { SharedLinks } from '../../../network/shared-links.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import { needMessage } from '../../../transport/message.ts';
import type { WorldSettings } from '../../world-settings.ts';
import { isNumberOf } from '../protocol/process-numbers.ts';
import type { TransferMessage } from '../protocol/transfer-message.ts';
import type { ProcessHandle, ProcessTable } from './process-table.ts';
import type { WorkerLocations } from './worker-locations.ts';

/** Messages of one process that are sent or wait for their turn. */
const MOST_TRANSFERS = 2 ** 16;

/** Events of transfers in the coordinator's queue. */
export type TransferEvent = ChannelEvent | { type: 'transfer-begins'; message: TransferMessage };

interface TransferParts {
  settings: WorldSettings;
  processes: ProcessTable;
  nowUs: () => TimeUs;
  schedule: (timeUs: TimeUs, event: TransferEvent) => void;
  /** Where workers are. */
  locations: Pick<WorkerLocations, 'contactOf' | 'signalOf'>;
}

/**
 * Transfers over the shared channels of a live run. Processes report when one begins; when it has ended,
 * its sender's process is informed.
 */
export class TransferSchedule {
  readonly #parts: TransferParts;
  readonly #links: SharedLinks;
  readonly #channels: SharedChannels;
  /** By number: the sender's process. */
  readonly #open = new Map<number, ProcessHandle>();
  readonly #counts = new Map<ProcessHandle, number>();

  constructor(parts: TransferParts) {
    this.#parts = parts;
    this.#links = new SharedLinks(parts.settings);
    this.#channels = new SharedChannels(idleChannels(), {
      links: this.#links,
      signalOf: ({ lower, contact }) => parts.locations.signalOf(lower, contact!),
      schedule: (timeUs, event) => parts.schedule(timeUs, event),
    });
  }

  /** Throws BadFrame for a transfer that cannot be. */
  take(process: ProcessHandle, message: TransferMessage): void {
    this.#check(process, message);
    this.#open.set(message.transfer, process);
    this.#counts.set(process, (this.#counts.get(process) ?? 0) + 1);
    const { nowUs, schedule } = this.#parts;
    // Its process's clock is a little ahead: movements of that time have not happened here.
    if (message.atUs > nowUs()) {
      schedule(message.atUs, { type: 'transfer-begins', message });
    } else this.#begin(message);
  }

  handle(event: TransferEvent, timeUs: TimeUs): void {
    if (event.type === 'transfer-begins') {
      if (this.#open.has(event.message.transfer)) this.#begin(event.message);
      return;
    }
    for (const transfer of this.#channels.end(event, timeUs))
      this.#announce(transfer, timeUs, true);
  }

  /** Fails the transfers under way in that contact. */
  endContact(worker: string, server: string, contact: number, timeUs: TimeUs): void {
    for (const transfer of this.#channels.endContact(worker, server, contact, timeUs)) {
      this.#announce(transfer, timeUs, false);
    }
  }

  /** The process is lost, and what it was sending with it. */
  lose(process: ProcessHandle): void {
    const isIts = ({ number }: { number: number }) => this.#open.get(number) === process;
    this.#channels.giveUp(isIts, this.#parts.nowUs());
    for (const [number, owner] of this.#open) if (owner === process) this.#open.delete(number);
    this.#counts.delete(process);
  }

  #begin({ transfer, bytes, atUs, ...message }: TransferMessage): void {
    const { type: _, ...way } = message;
    const { lower, upper, contact } = way;
    if (contact !== null && this.#parts.locations.contactOf(lower, upper) !== contact) {
      this.#announce({ number: transfer, servedUs: atUs }, atUs, false);
    } else this.#channels.begin(transfer, way, bytes, atUs);
  }

  #announce(
    { number: transfer, servedUs }: Pick<SharedTransfer, 'number' | 'servedUs'>,
    atUs: TimeUs,
    isSent: boolean,
  ): void {
    const process = this.#open.get(transfer);
    if (process === undefined) return;
    this.#open.delete(transfer);
    this.#counts.set(process, this.#counts.get(process)! - 1);
    const times = { fromUs: servedUs ?? atUs, atUs };
    this.#parts.processes.send(process, { type: 'transfer-ended', transfer, ...times, isSent });
  }

  #check(process: ProcessHandle, { transfer, ...way }: TransferMessage): void {
    const { processes, settings } = this.#parts;
    const { lower, upper, direction, contact } = way;
    const { index: slot } = process.slot;
    const { generation } = process;
    const isOwn = isNumberOf({ slot, slots: processes.slots.length, generation }, transfer);
    needMessage(isOwn && !this.#open.has(transfer), `transfer ${transfer} is not its own, or new`);
    const isKnown = processes.isNode(lower) && processes.isNode(upper);
    needMessage(isKnown, 'a transfer of a node that the run has not');
    const sender = direction === 'up' ? lower : upper;
    needMessage(processes.slotOf(sender) === slot, `a transfer of ${sender}, which runs elsewhere`);
    const server = settings.servers.find(({ id }) => id === lower);
    const fits =
      contact === null
        ? server?.parent === upper
        : server === undefined && processes.isServer(upper);
    needMessage(fits, `a transfer between ${lower} and ${upper}`);
    const wayOf = { lower, upper, direction, isRadio: contact !== null };
    needMessage(this.#links.channelOf(wayOf) !== null, 'a transfer that shares no channel');
    const own = this.#counts.get(process) ?? 0;
    needMessage(own < MOST_TRANSFERS, `more than ${MOST_TRANSFERS} transfers at once`);
  }
}
