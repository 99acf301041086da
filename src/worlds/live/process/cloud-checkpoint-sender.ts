import { Gate } from '../../../gate.ts';
import type { CloudState } from '../../../nodes/cloud.ts';
import type { ReplicaState } from '../../../nodes/hierarchy/replica-state.ts';
import type { ValueId } from '../../../nodes/messages.ts';
import type { ValueStore } from '../../computing/value-store.ts';
import { rootTheta } from '../../node-set.ts';
import { countersOf } from '../protocol/cloud-checkpoint.ts';
import type { ProcessMessage } from '../protocol/control-message.ts';
import type { ValueWaiters } from './value-waiters.ts';

/** `left`: the vector has been sent, or never will be. */
type SendVector = (message: ProcessMessage, vector: Float32Array, left: () => void) => void;

/**
 * Sends the coordinator a checkpoint of the cloud after its updates, one after the other: where
 * updates come faster than these are taken, some are left out.
 */
export class CloudCheckpointSender {
  readonly #cloud: CloudState | ReplicaState;
  readonly #values: ValueStore;
  readonly #waiters: ValueWaiters;
  readonly #toCoordinator: SendVector;
  #offered: number;
  /** Sent or about to be, and not kept. */
  #underWay = 0;
  /** Of those whose numbers are being computed, or sent. */
  readonly #vectors: ValueId[] = [];
  readonly #settled = new Gate();

  constructor(
    cloud: CloudState | ReplicaState,
    values: ValueStore,
    waiters: ValueWaiters,
    send: SendVector,
  ) {
    this.#cloud = cloud;
    this.#values = values;
    this.#waiters = waiters;
    this.#toCoordinator = send;
    this.#offered = cloud.version;
  }

  get vectors(): readonly ValueId[] {
    return this.#vectors;
  }

  /** There may be a new version. */
  offer(): void {
    if (this.#underWay === 0) this.#send();
  }

  /** The coordinator has one more. */
  kept(): void {
    this.#underWay -= 1;
    this.offer();
    if (this.#underWay === 0) this.#settled.open();
  }

  /** Resolves when the coordinator has the newest. */
  settled(): Promise<void> {
    this.#send();
    return this.#underWay === 0 ? Promise.resolve() : this.#settled.wait();
  }

  /** Sends the newest, unless it was sent, once its numbers are computed. */
  #send(): void {
    const { optimiserState: optimiser, version } = this.#cloud;
    const theta = rootTheta(this.#cloud);
    // A root that has crashed may have none.
    if (version <= this.#offered || theta === null) return;
    this.#offered = version;
    this.#underWay += 1;
    const counters = countersOf(this.#cloud);
    const vectors = optimiser === null ? [theta] : [theta, optimiser];
    for (const value of vectors) this.#values.keep(value);
    this.#vectors.push(...vectors);
    this.#whenReady(vectors, () => {
      if (optimiser !== null) this.#lend({ type: 'optimiser-state' }, optimiser);
      this.#lend({ type: 'checkpoint', counters }, theta);
    });
  }

  #whenReady([first, ...others]: ValueId[], action: () => void): void {
    if (first === undefined) action();
    else this.#waiters.whenReady(first, () => this.#whenReady(others, action));
  }

  /** The value is kept until its vector has been sent: its memory could be used again. */
  #lend(message: ProcessMessage, value: ValueId): void {
    this.#toCoordinator(message, this.#values.vector(value), () => {
      this.#vectors.splice(this.#vectors.indexOf(value), 1);
      this.#values.release(value);
    });
  }
}
