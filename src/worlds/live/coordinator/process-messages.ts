import { InputError, RunError } from '../../../errors.ts';
import type { SimulatedEvent } from '../../../journal/events.ts';
import { epochAt } from '../../../nodes/epoch.ts';
import type { Frame } from '../../../transport/frame.ts';
import { needMessage, readJsonBody, readMessage } from '../../../transport/message.ts';
import type { BatchSource } from '../../batch-source.ts';
import { outOfReach } from '../../out-of-reach.ts';
import {
  bulkMessageSchema,
  type ControlMessage,
  hasSchema,
  processMessageSchema,
} from '../protocol/control-message.ts';
import type { LiveQueue } from '../protocol/live-queue.ts';
import type { ClockHolds } from './clock-holds.ts';
import type { CloudModelStore } from './cloud-model-store.ts';
import type { CoordinatedRun, CoordinatorEvent, CoordinatorParts } from './coordinated-run.ts';
import type { JournalRecorder } from './journal-recorder.ts';
import type { LiveFailures } from './live-failures.ts';
import type { ProcessAdmission } from './process-admission.ts';
import type { ProcessChecks } from './process-checks.ts';
import type { ProcessHandle, ProcessTable } from './process-table.ts';
import type { Succession } from './succession.ts';
import type { TransferSchedule } from './transfer-schedule.ts';

/** Clocks of processes are that near to each other. */
const MOST_AHEAD_US = 60_000_000;
const MOST_HELD_BYTES = 2 ** 26;
/** How many bad messages from other processes one process may report. */
const MOST_ACCUSATIONS = 3;

interface ProcessMessagesParts {
  parts: Pick<CoordinatorParts, 'settings' | 'clock' | 'wallUs' | 'mostHeldBytes'>;
  run: CoordinatedRun;
  processes: ProcessTable;
  holds: ClockHolds;
  admission: ProcessAdmission;
  queue: LiveQueue<CoordinatorEvent>;
  recorder: JournalRecorder;
  failures: LiveFailures;
  batches: BatchSource;
  cloud: CloudModelStore;
  succession: Succession;
  transfers: TransferSchedule;
  checks: ProcessChecks;
}

/** Handles the messages of the run's processes. */
export class ProcessMessages {
  readonly #parts: ProcessMessagesParts;

  constructor(parts: ProcessMessagesParts) {
    this.#parts = parts;
  }

  /** Throws BadFrame for a message that does not fit. */
  receive(process: ProcessHandle, { header, body }: Frame): void {
    const { run, processes, holds, admission, queue, recorder, succession, transfers, checks } =
      this.#parts;
    if (run.status.isClosed || process.isLost) return;
    const message = readMessage(processMessageSchema, header);
    process.silence.heard();
    switch (message.type) {
      case 'ping':
        processes.send(process, { type: 'pong', wallUs: this.#parts.parts.wallUs() });
        return;
      case 'ready':
        needMessage(process.address === null, 'it is ready once more');
        succession.ready(process, message.address);
        return;
      case 'failed':
        run.fail(
          message.isInput
            ? new InputError({ found: message.message })
            : new RunError(message.message),
        );
        return;
      case 'report':
        this.#report(process, message);
        return;
      case 'transfer':
        // Events that are due have happened before.
        queue.runDue();
        transfers.take(process, message);
        return;
      case 'batch-wanted':
        checks.batchWanted(process, message.owner);
        needMessage(
          message.beganUs <= this.#parts.parts.clock.nowUs + MOST_AHEAD_US &&
            this.#parts.batches.hasItems(message.owner, message.beganUs),
          'a batch of a worker that has collected nothing',
        );
        process.batches += 1;
        this.#giveBatch(process, message).catch((error) => run.fail(error));
        return;
      case 'hold':
        checks.hold(process);
        process.holds += 1;
        process.held += 1;
        void holds.hold();
        return;
      case 'release':
        checks.release(process);
        process.holds -= 1;
        void holds.release();
        return;
      case 'held':
        needMessage(message.change <= holds.changes, 'a change of the clock to come');
        process.heldAt = message.change;
        holds.check();
        return;
      case 'finish':
        checks.finish(process);
        run.end(message.reason);
        return;
      case 'has': {
        const has = readJsonBody(hasSchema, body);
        checks.has(process, has);
        recorder.see(has.newest);
        admission.heard(process, has);
        return;
      }
      case 'bad-peer':
        this.#accuse(process, message);
        return;
      case 'costs': {
        needMessage(process.address !== null, 'costs before it is ready');
        const { type: _, ...costs } = message;
        process.costs = costs;
        return;
      }
      case 'ended':
        needMessage(run.status.endedUs !== null, 'it has ended before the run');
        needMessage(!process.hasEnded, 'it has ended twice');
        process.hasEnded = true;
        admission.recordCosts(process);
        recorder.addComputed(message.computed);
        run.closeIfAllEnded();
        return;
      default:
        message satisfies never;
    }
  }

  /** The cloud's model, on its process's second connection. */
  receiveBulk(process: ProcessHandle, { header, body }: Frame): void {
    const { run, processes, cloud, checks } = this.#parts;
    if (run.status.isClosed || process.isLost) return;
    const message = readMessage(bulkMessageSchema, header);
    process.silence.heard();
    const { dimension, optimiserStateLength } = this.#parts.parts.settings;
    if (message.type === 'optimiser-state') {
      cloud.takeOptimiser(checks.cloudVector(body, optimiserStateLength, 0));
      return;
    }
    const { counters } = message;
    cloud.take(counters, checks.cloudVector(body, dimension, counters.version));
    processes.send(process, { type: 'kept' });
  }

  /** Sends the cloud the counts at which it measures, an epoch begins or the run ends. */
  sendStarted(gradients: number): void {
    const { processes } = this.#parts;
    const { cloud, servers } = this.#parts.parts.settings;
    const { counted, evaluateEveryGradients, gradientsPerEpoch, gradientsAtEnd } = cloud;
    const isMark = [evaluateEveryGradients, gradientsPerEpoch].some((n) => gradients % n === 0);
    if (counted !== 'started' || (!isMark && gradients < gradientsAtEnd)) return;
    const { id } = servers.find(({ parent }) => parent === null)!;
    const message = { type: 'started', gradients } as const;
    if (processes.isThere(id)) processes.send(processes.processOf(id), message);
  }

  #report(process: ProcessHandle, { timeUs, items }: ControlMessage & { type: 'report' }): void {
    const { queue, recorder, checks, holds, parts } = this.#parts;
    checks.report(process, items);
    // Events that are due are recorded first.
    if (!parts.clock.isRunning && process.heldAt < holds.changes) {
      parts.clock.advanceHeld(timeUs);
      queue.runReached();
    } else queue.runDue();
    for (const item of items) recorder.take(process, item, (event) => this.#completed(event));
    this.#boundHeldBack();
  }

  /** A waiting node does not know which of its peers are down or cut off: adds that. */
  #completed(event: SimulatedEvent): SimulatedEvent {
    if (event.type !== 'waiting') return event;
    const { recorder, failures } = this.#parts;
    const isDown = (id: string) => recorder.isDown(id);
    return { ...event, ...outOfReach(event, isDown, (id) => failures.cut.has(id)) };
  }

  /** Bounds the entries that wait in the journal for one process's facts. */
  #boundHeldBack(): void {
    const { processes, recorder, succession, parts } = this.#parts;
    const { mostHeldBytes = MOST_HELD_BYTES } = parts;
    const { heldBack } = recorder;
    if (heldBack === null || heldBack.bytes <= mostHeldBytes) return;
    const process = processes.at(heldBack.slot);
    if (process === null) return;
    succession.cutOff(process, `${heldBack.bytes} bytes of the journal wait for its facts`);
  }

  /** The process has received a bad message from another, which is lost. */
  #accuse(process: ProcessHandle, accusation: ControlMessage & { type: 'bad-peer' }): void {
    const { processes, succession } = this.#parts;
    const { slot, generation, why } = accusation;
    process.accusations += 1;
    needMessage(
      process.accusations <= MOST_ACCUSATIONS,
      'it reports bad messages of too many others',
    );
    const accused = processes.at(slot);
    if (accused === null || accused === process || accused.generation !== generation) return;
    succession.cutOff(accused, `it has sent process ${process.slot.index} ${why}`);
  }

  /** An owner's next items. The clock is held while they are shuffled. */
  async #giveBatch(
    process: ProcessHandle,
    { owner, value, beganUs }: ControlMessage & { type: 'batch-wanted' },
  ): Promise<void> {
    const { run, processes, holds, recorder, batches, parts } = this.#parts;
    const { cloud } = parts.settings;
    const isUsedUp = batches.isUsedUp(owner);
    if (isUsedUp) {
      await holds.hold();
      // The user's pause lasts longer.
      await holds.unpaused();
    }
    if (run.status.endedUs !== null) return;
    const { items, events } = batches.next(owner, beganUs);
    for (const event of events) recorder.record(event);
    process.batches -= 1;
    const { started, progress } = recorder;
    const epoch = epochAt(cloud, { started, gradients: progress.gradients });
    processes.send(process, { type: 'batch', value, epoch }, new Uint8Array(items.buffer));
    if (isUsedUp) await holds.release();
  }
}
