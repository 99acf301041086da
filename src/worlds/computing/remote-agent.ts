import type { CloseReason, Connection } from '../../transport/connection.ts';
import type { Frame, Header } from '../../transport/frame.ts';
import { needMessage, readMessage } from '../../transport/message.ts';
import { Silence } from '../../transport/silence.ts';
import { poolAgentMessageSchema, sayInPool, TASKS_A_THREAD } from './pool-message.ts';
import type { TaskResult } from './task.ts';
import {
  type RemoteTask,
  resultOf,
  resultSchema,
  type TaskShape,
  taskFrame,
} from './task-frames.ts';
import { ThetaSlots } from './theta-slots.ts';
import type { VectorMemory } from './vector-memory.ts';

/** An agent that has sent nothing for this long is lost. */
const PATIENCE_S = 10;

/** So is one that has tasks and has finished none of them for this long, whatever else it sends. */
const ANSWER_S = 600;

/** A task with a waiting caller. */
export interface Given {
  task: RemoteTask;
  done: (result: TaskResult) => void;
}

export interface RemoteAgentParts {
  /** Its number, of all that have come to the run. */
  agent: number;
  name: string;
  threads: number;
  /** Its own messages, and others that must not wait behind vectors. */
  control: Connection;
  /** Tasks, parameters and results. */
  work: Connection;
}

/** Handlers of the ends of an agent's tasks. */
interface AgentHandlers {
  completed: (given: Given, result: TaskResult) => void;
  /** Called once: its connection ended, it was silent, or it sent an invalid message. */
  lost: (reason: string) => void;
}

/** An agent of the pool as the coordinator sees it: its tasks and the parameters that it has. */
export class RemoteAgent {
  readonly parts: RemoteAgentParts;
  readonly #vectors: VectorMemory;
  readonly #shape: TaskShape;
  readonly #handlers: AgentHandlers;
  readonly #given = new Map<number, Given>();
  readonly #slots = new ThetaSlots();
  #nextId = 0;
  #computed = 0;
  readonly #silence = new Silence();
  /** Since it last finished a task, while it has others. */
  readonly #unanswered = new Silence();
  #isBlocked = false;
  #isGone = false;

  constructor(
    parts: RemoteAgentParts,
    vectors: VectorMemory,
    shape: TaskShape,
    handlers: AgentHandlers,
  ) {
    this.parts = parts;
    this.#vectors = vectors;
    this.#shape = shape;
    this.#handlers = handlers;
    const { control, work } = parts;
    control.onFrame = ({ header }) => this.#hear(header);
    work.onFrame = (frame) => this.#receive(frame);
    control.onClose = (reason) => this.#lose(textOf(reason));
    work.onClose = (reason) => this.#lose(textOf(reason));
  }

  /** True for an agent that would start another task soon. */
  get hasRoom(): boolean {
    const most = this.parts.threads * TASKS_A_THREAD;
    return !this.#isGone && !this.#isBlocked && this.#given.size < most;
  }

  /** Tasks a thread. */
  get load(): number {
    return this.#given.size / this.parts.threads;
  }

  /** Tasks that it has finished. */
  get computed(): number {
    return this.#computed;
  }

  give(given: Given): void {
    const { task } = given;
    const id = this.#nextId;
    this.#nextId += 1;
    this.#given.set(id, given);
    const { slot, isNew } = this.#slots.take(task.thetaId);
    // Lent until it is sent: the task keeps it where it is for longer.
    if (isNew) this.#send({ header: { type: 'theta', slot }, body: this.#vectors.at(task.theta) });
    this.#send(taskFrame(id, slot, task));
  }

  /** Called at intervals: an agent that was silent for too many of them is lost. */
  look(): void {
    if (this.#given.size === 0) this.#unanswered.heard();
    if (this.#silence.look() > PATIENCE_S) this.#lose('it has stopped sending');
    else if (this.#unanswered.look() > ANSWER_S) {
      this.#lose(`it has finished none of its tasks for ${ANSWER_S} s`);
    }
  }

  /** Takes back its unfinished tasks, for other agents. */
  takeBack(): Given[] {
    const given = [...this.#given.values()];
    this.#given.clear();
    return given;
  }

  /** The run has no more tasks for it. */
  letGo(): void {
    this.#isGone = true;
    const { control, work } = this.parts;
    sayInPool(control, { type: 'exit' });
    control.close();
    work.close();
  }

  #send(frame: Frame): void {
    const { work } = this.parts;
    if (work.send(frame) || this.#isBlocked) return;
    this.#isBlocked = true;
    void work.drained().then(() => {
      this.#isBlocked = false;
    });
  }

  #hear(header: Header): void {
    const message = readMessage(poolAgentMessageSchema, header);
    this.#silence.heard();
    if (message.type === 'ping') sayInPool(this.parts.control, { type: 'pong' });
    else this.#lose(message.message);
  }

  /** An error that it throws ends the connection. */
  #receive({ header, body }: Frame): void {
    if (this.#isGone) return;
    const message = readMessage(resultSchema, header);
    this.#silence.heard();
    const given = this.#given.get(message.id);
    needMessage(given !== undefined, 'a result of a task that it was not given');
    const { task } = given;
    const { result, vector } = resultOf(task, message, body, this.#shape);
    this.#given.delete(message.id);
    this.#unanswered.heard();
    this.#slots.release(task.thetaId);
    this.#computed += 1;
    if (task.kind === 'gradient') {
      this.#vectors.at(task.out).set(vector!);
      this.parts.work.release(vector!);
    }
    this.#handlers.completed(given, result);
  }

  #lose(reason: string): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.parts.control.destroy();
    this.parts.work.destroy();
    this.#handlers.lost(reason);
  }
}

function textOf({ detail, kind, error }: CloseReason): string {
  return kind === 'handler-failed' && error instanceof Error ? error.message : detail;
}
