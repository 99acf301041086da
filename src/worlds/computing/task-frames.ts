import type { Frame, Header } from '../../transport/frame.ts';
import type { TriggerTally } from './poisoned-batch.ts';
import type { Task, TaskResult } from './task.ts';

/** A task that an agent can run: its parameters travel, and its result. */
export type RemoteTask = Task & { kind: 'gradient' | 'evaluate' };
export type RemoteResult = TaskResult & { kind: 'gradient' | 'evaluate' };

/** How long what travels is. */
export interface TaskShape {
  /** Of the model's parameters. */
  dimension: number;
  /** Items of the train split, and of the one that evaluations measure on. */
  trainItems: number;
  evaluationItems: number;
  /** Null for data with numbers for targets. */
  classes: number | null;
  /** Numbers a target. */
  outputs: number;
}

/** A task as it travels; parameters are named by their slot. */
export type TaskMessage =
  | ({ type: 'gradient'; id: number; slot: number } & GradientDetails)
  | { type: 'evaluate'; id: number; slot: number; from: number; to: number };

type GradientDetails = Pick<
  Task & { kind: 'gradient' },
  'poisoned' | 'streams' | 'factor' | 'steps' | 'learningRate'
>;

/** Before the first task on them. The parameters are the body. */
export interface ThetaMessage {
  type: 'theta';
  slot: number;
}

/** Longer lists of items stay here: nobody allows for them on the way. */
const MOST_ITEM_BYTES = 2 ** 20;
const MOST_STEPS = 10_000;

export function mayTravel(task: Task): task is RemoteTask {
  if (task.kind === 'gradient') return task.items.byteLength <= MOST_ITEM_BYTES;
  return task.kind === 'evaluate';
}

/** The items of a gradient are the body. */
export function taskFrame(id: number, slot: number, task: RemoteTask): Frame {
  if (task.kind === 'evaluate') {
    const { from, to } = task;
    return { header: { type: 'evaluate', id, slot, from, to }, body: null };
  }
  const { items, poisoned, streams, factor, steps, learningRate } = task;
  const header = { type: 'gradient', id, slot, poisoned, streams, factor, steps, learningRate };
  return { header, body: bytesOf(items) };
}

/**
 * A task that came, with its items if it is a gradient. Throws Error for one that would read what
 * is not there.
 */
export function taskOf(
  { header, body }: Frame,
  { trainItems, evaluationItems }: TaskShape,
): { message: TaskMessage; items: Uint32Array } {
  const message = header as unknown as TaskMessage;
  if (message.type === 'evaluate') {
    const { from, to } = message;
    need(isIndex(from, to) && isIndex(to, evaluationItems + 1), 'items that are not there');
    return { message, items: new Uint32Array() };
  }
  need(message.type === 'gradient', `"${message.type}", which is no task`);
  const { streams, steps, factor, learningRate, poisoned } = message;
  need(body instanceof Uint8Array && body.length % 4 === 0, 'a gradient without items');
  // A copy: a body may begin anywhere.
  const items = new Uint32Array(body.slice().buffer);
  need(isIndex(steps, MOST_STEPS) && steps > 0, `${steps} steps`);
  need(items.length > 0 && items.length % steps === 0, `${items.length} items in ${steps} steps`);
  need(
    items.every((item) => item < trainItems),
    'items that are not there',
  );
  need(typeof streams === 'string' && typeof poisoned === 'boolean', 'no names of chance');
  need(typeof factor === 'number' && typeof learningRate === 'number', 'no numbers');
  return { message, items };
}

/** Of a gradient the vector is the body, of an evaluation its counts or sums. */
export function resultFrame(id: number, result: RemoteResult, vector: Float32Array | null): Frame {
  if (result.kind === 'gradient') {
    const { kind, loss, finite } = result;
    return { header: { type: kind, id, loss, finite }, body: vector };
  }
  const { kind, lossSum, trigger = null } = result;
  const header = { type: kind, id, lossSum, trigger: trigger && { ...trigger } };
  if ('confusion' in result) return { header, body: bytesOf(result.confusion) };
  const { absoluteErrors, squaredErrors } = result;
  return { header, body: bytesOf(Float64Array.of(...absoluteErrors, ...squaredErrors)) };
}

/** What came back for a task, with its vector if it is a gradient. Throws Error where it does not fit. */
export function resultOf(
  task: RemoteTask,
  { header, body }: Frame,
  shape: TaskShape,
): { result: RemoteResult; vector: Float32Array | null } {
  need(header.type === task.kind, `a result of another kind than its task: ${header.type}`);
  if (task.kind === 'evaluate') return { result: evaluationOf(header, body, shape), vector: null };
  const { loss, finite } = header;
  need(typeof loss === 'number' && typeof finite === 'boolean', 'a gradient without its loss');
  const vector = body instanceof Float32Array ? body : null;
  need(vector?.length === shape.dimension, `a gradient of ${vector?.length ?? 0} numbers`);
  return { result: { kind: 'gradient', loss, finite }, vector };
}

function evaluationOf(
  { lossSum, trigger }: Header,
  body: Frame['body'],
  { classes, outputs }: TaskShape,
): RemoteResult {
  need(typeof lossSum === 'number' && body instanceof Uint8Array, 'an evaluation without numbers');
  const bytes = classes === null ? 2 * outputs * 8 : classes * classes * 4;
  need(body.length === bytes, `an evaluation of ${body.length} bytes`);
  const { buffer } = body.slice();
  if (classes !== null) {
    const measured = { lossSum, confusion: new Uint32Array(buffer) };
    return { kind: 'evaluate', ...measured, ...(trigger && { trigger: tallyOf(trigger) }) };
  }
  const sums = new Float64Array(buffer);
  const [absoluteErrors, squaredErrors] = [sums.slice(0, outputs), sums.slice(outputs)];
  return { kind: 'evaluate', lossSum, absoluteErrors, squaredErrors };
}

function tallyOf(trigger: unknown): TriggerTally {
  const { tried, fooled } = trigger as TriggerTally;
  need(Number.isInteger(tried) && Number.isInteger(fooled), 'a trigger without counts');
  return { tried, fooled };
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function isIndex(value: number, end: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < end;
}

function need(holds: boolean, found: string): asserts holds {
  if (!holds) throw new Error(`a frame with ${found}`);
}
