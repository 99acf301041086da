import type { Connection } from '../../transport/connection.ts';
import type { Frame } from '../../transport/frame.ts';
import { needMessage, readMessage } from '../../transport/message.ts';
import { type PoolInputs, TASKS_A_THREAD } from './pool-message.ts';
import type { Task, VectorAddress } from './task.ts';
import {
  itemsOf,
  type RemoteResult,
  resultFrame,
  type TaskHeader,
  type TaskShape,
  type ThetaMessage,
  workSchema,
} from './task-frames.ts';
import { slotsFor } from './theta-slots.ts';
import type { TaskPool } from './thread-pool.ts';
import type { VectorMemory } from './vector-memory.ts';

/** An agent's share of a run. */
export interface Share {
  /** The inputs from which it was made: the coordinator compares. */
  inputs: PoolInputs;
  shape: TaskShape;
  vectors: VectorMemory;
  pool: TaskPool;
}

/**
 * The tasks of one agent: keeps the parameters that it receives, in slots, runs its tasks and sends
 * back the results. Its memory is bounded by the slots and the tasks that it may have at once,
 * whatever it receives.
 */
export class AgentTasks {
  readonly #work: Connection;
  readonly #share: Omit<Share, 'inputs'>;
  readonly #mostTasks: number;
  readonly #slots = new Map<number, { theta: VectorAddress; thetaId: number }>();
  /** Of the next parameters: slots are used again, ids are not. */
  #nextThetaId = 0;
  #running = 0;
  #results: Frame[] = [];
  #isSending = false;

  constructor(work: Connection, share: Omit<Share, 'inputs'>, threads: number) {
    this.#work = work;
    this.#share = share;
    this.#mostTasks = threads * TASKS_A_THREAD;
  }

  /** An error that it throws ends the connection. */
  receive({ header, body }: Frame): void {
    const message = readMessage(workSchema, header);
    if (message.type === 'theta') this.#keep(message, body);
    else this.#run(message, body);
  }

  #keep({ slot }: ThetaMessage, body: Frame['body']): void {
    const { vectors, shape } = this.#share;
    needMessage(slot < slotsFor(this.#mostTasks), `parameters for slot ${slot}`);
    const isVector = body instanceof Float32Array && body.length === shape.dimension;
    needMessage(isVector, 'parameters of another model');
    const theta = this.#slots.get(slot)?.theta ?? vectors.allocate();
    this.#slots.set(slot, { theta, thetaId: this.#nextThetaId });
    this.#nextThetaId += 1;
    vectors.at(theta).set(body);
    this.#work.release(body);
  }

  #run(message: TaskHeader, body: Frame['body']): void {
    const items = itemsOf(message, body, this.#share.shape);
    const parameters = this.#slots.get(message.slot);
    needMessage(parameters !== undefined, 'a task without its parameters');
    needMessage(this.#running < this.#mostTasks, 'more tasks than were agreed');
    this.#running += 1;
    const { vectors, pool } = this.#share;
    if (message.type === 'evaluate') {
      const { id, from, to } = message;
      pool.run({ kind: 'evaluate', ...parameters, from, to }, (result) =>
        this.#send(resultFrame(id, result as RemoteResult, null)),
      );
      return;
    }
    const { id, poisoned, streamPrefix, factor, steps, learningRate } = message;
    const out = vectors.allocate();
    const how = { poisoned, streamPrefix, factor, steps, learningRate };
    const task: Task = { kind: 'gradient', ...parameters, items, ...how, out };
    pool.run(task, (result) => {
      // A copy: what is sent is lent until it has left, and the place is wanted sooner.
      const vector = vectors.at(out).slice();
      vectors.free(out);
      this.#send(resultFrame(id, result as RemoteResult, vector));
    });
  }

  #send(result: Frame): void {
    this.#running -= 1;
    this.#results.push(result);
    if (!this.#isSending) void this.#sendResults();
  }

  /** No more at once than the connection takes. */
  async #sendResults(): Promise<void> {
    this.#isSending = true;
    for (let next = this.#results.shift(); next; next = this.#results.shift()) {
      if (!this.#work.send(next)) await this.#work.drained();
    }
    this.#isSending = false;
  }
}
