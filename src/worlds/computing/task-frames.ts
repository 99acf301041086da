import { z } from 'zod';
import { quantity, quantityValue } from '../../journal/quantity.ts';
import type { Frame } from '../../transport/frame.ts';
import {
  count,
  finite,
  needMessage,
  quantitySchema,
  receivedNumbers,
  sentNumbers,
} from '../../transport/message.ts';
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

const theta = z.strictObject({ type: z.literal('theta'), slot: count });

const gradientTask = z.strictObject({
  type: z.literal('gradient'),
  id: count,
  slot: count,
  poisoned: z.boolean(),
  streamPrefix: z.string(),
  factor: finite,
  steps: z.int().min(1).max(10_000),
  learningRate: finite,
});

const evaluateTask = z.strictObject({
  type: z.literal('evaluate'),
  id: count,
  slot: count,
  from: count,
  to: count,
});

/**
 * Messages to an agent on its work connection: tasks, and before the first task on some parameters
 * these, as the body. Parameters are named by their slot.
 */
export const workSchema = z.discriminatedUnion('type', [theta, gradientTask, evaluateTask]);

export type ThetaMessage = z.infer<typeof theta>;
export type TaskHeader = z.infer<typeof gradientTask> | z.infer<typeof evaluateTask>;

/** Messages from an agent there. */
export const resultSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('gradient'),
    id: count,
    loss: quantitySchema,
    finite: z.boolean(),
  }),
  z.strictObject({
    type: z.literal('evaluate'),
    id: count,
    lossSum: quantitySchema,
    trigger: z.strictObject({ tried: count, fooled: count }).nullable(),
    metrics: z.record(z.string(), quantitySchema).exactOptional(),
  }),
]);

type ResultMessage = z.infer<typeof resultSchema>;

/** Longer lists of items are not sent: they could exceed the limits of a connection. */
const MOST_ITEM_BYTES = 2 ** 20;

export function mayTravel(task: Task): task is RemoteTask {
  if (task.kind === 'gradient') return task.items.byteLength <= MOST_ITEM_BYTES;
  return task.kind === 'evaluate' && task.split === undefined;
}

/** The items of a gradient are the body. */
export function taskFrame(id: number, slot: number, task: RemoteTask): Frame {
  if (task.kind === 'evaluate') {
    const { from, to } = task;
    return { header: { type: 'evaluate', id, slot, from, to }, body: null };
  }
  const { items, poisoned, streamPrefix, factor, steps, learningRate } = task;
  const header = {
    type: 'gradient',
    id,
    slot,
    poisoned,
    streamPrefix,
    factor,
    steps,
    learningRate,
  };
  return { header, body: bytesOf(items) };
}

/** The items of a task that came, none of an evaluation. Throws BadFrame for what is not there. */
export function itemsOf(
  message: TaskHeader,
  body: Frame['body'],
  { trainItems, evaluationItems }: TaskShape,
): Uint32Array {
  if (message.type === 'evaluate') {
    const { from, to } = message;
    needMessage(from < to && to <= evaluationItems, `items ${from} to ${to} of ${evaluationItems}`);
    return new Uint32Array();
  }
  const { steps } = message;
  const isWhole = body instanceof Uint8Array && body.length % 4 === 0;
  needMessage(isWhole, 'a gradient without items');
  // A copy: a body may begin anywhere.
  const items = new Uint32Array(body.slice().buffer);
  const areSteps = items.length > 0 && items.length % steps === 0;
  needMessage(areSteps, `${items.length} items in ${steps} steps`);
  const areThere = items.every((item) => item < trainItems);
  needMessage(areThere, 'items that are not there');
  return items;
}

/** Of a gradient the vector is the body, of an evaluation its counts or sums. */
export function resultFrame(id: number, result: RemoteResult, vector: Float32Array | null): Frame {
  if (result.kind === 'gradient') {
    const { kind, loss, finite } = result;
    return { header: { type: kind, id, loss: quantity(loss), finite }, body: vector };
  }
  const { kind, lossSum, trigger = null, metrics } = result;
  const sum = quantity(lossSum);
  const own = metrics && { metrics: sentNumbers(metrics) };
  const header = { type: kind, id, lossSum: sum, trigger: trigger && { ...trigger }, ...own };
  if ('confusion' in result) return { header, body: bytesOf(result.confusion) };
  const { absoluteErrors, squaredErrors } = result;
  return { header, body: bytesOf(Float64Array.of(...absoluteErrors, ...squaredErrors)) };
}

/**
 * The result for a task, with its vector if it is a gradient. Throws BadFrame where it does not
 * fit.
 */
export function resultOf(
  task: RemoteTask,
  message: ResultMessage,
  body: Frame['body'],
  shape: TaskShape,
): { result: RemoteResult; vector: Float32Array | null } {
  needMessage(message.type === task.kind, `a result of another kind than its task's`);
  if (message.type === 'evaluate' && task.kind === 'evaluate') {
    return { result: evaluationOf(task, message, body, shape), vector: null };
  }
  const { loss, finite } = message as ResultMessage & { type: 'gradient' };
  const vector = body instanceof Float32Array ? body : null;
  const fits = vector?.length === shape.dimension;
  needMessage(fits, `a gradient of ${vector?.length ?? 0} numbers`);
  return { result: { kind: 'gradient', loss: quantityValue(loss), finite }, vector };
}

function evaluationOf(
  { from, to }: RemoteTask & { kind: 'evaluate' },
  { lossSum: sum, trigger, metrics }: ResultMessage & { type: 'evaluate' },
  body: Frame['body'],
  { classes, outputs }: TaskShape,
): RemoteResult {
  needMessage(body instanceof Uint8Array, 'an evaluation without numbers');
  const bytes = classes === null ? 2 * outputs * 8 : classes * classes * 4;
  needMessage(body.length === bytes, `an evaluation of ${body.length} bytes`);
  const lossSum = quantityValue(sum);
  const own = metrics && { metrics: receivedNumbers(metrics) };
  const { buffer } = body.slice();
  if (classes !== null) {
    const confusion = new Uint32Array(buffer);
    const counted = confusion.reduce((sum, count) => sum + count, 0);
    needMessage(counted === to - from, `an evaluation of ${counted} items of ${to - from}`);
    const { tried, fooled } = trigger ?? { tried: 0, fooled: 0 };
    needMessage(fooled <= tried && tried <= counted, `a trigger tried ${tried} times`);
    const measured = { lossSum, confusion };
    return { kind: 'evaluate', ...measured, ...own, ...(trigger && { trigger }) };
  }
  const sums = new Float64Array(buffer);
  const [absoluteErrors, squaredErrors] = [sums.slice(0, outputs), sums.slice(outputs)];
  return { kind: 'evaluate', lossSum, absoluteErrors, squaredErrors, ...own };
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
