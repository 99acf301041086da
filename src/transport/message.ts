import { z } from 'zod';
import { BadFrame } from './bad-frame.ts';
import type { Frame, Header } from './frame.ts';

/** A number of something, or of a thing in a row. */
export const count = z.int().min(0);

/** A time, a duration or a measure: JSON has no others than finite numbers. */
export const finite = z.number();

/** NaN and infinities as the journal writes them. */
export const quantitySchema = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]);

/** A name of a node, a machine, or anything else that is short. */
export const name = z.string().min(1).max(256);

/** Why a peer that speaks this version of a protocol is refused. */
export function otherProtocol(ours: number, theirs: number, of = ''): string {
  return `this run speaks protocol ${ours}${of}, not ${theirs}`;
}

/** The longest part of what came that an error shows. */
const SHOWN = 100;

/** A message that fits its schema. Throws BadFrame where it does not: the connection is closed. */
export function readMessage<Schema extends z.ZodType>(
  schema: Schema,
  header: Header,
): z.infer<Schema> {
  const read = schema.safeParse(header);
  if (read.success) return read.data;
  throw new BadFrame('message', `a ${kindOf(header)} that does not fit: ${faultOf(read.error)}`);
}

/** The value of a body of JSON. Throws BadFrame where it is none, or does not fit its schema. */
export function readJsonBody<Schema extends z.ZodType>(
  schema: Schema,
  body: Frame['body'],
): z.infer<Schema> {
  needMessage(body instanceof Uint8Array, 'a message without its body');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new BadFrame('message', 'a body that is not JSON');
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new BadFrame('message', `a body that does not fit: ${faultOf(read.error)}`);
}

/** Throws BadFrame for a message that fits its schema and cannot be true; `found` says why. */
export function needMessage(holds: boolean, found: string): asserts holds {
  if (!holds) throw new BadFrame('message', found);
}

function kindOf({ type, kind = type }: Header): string {
  return typeof kind === 'string' ? `message "${printable(kind)}"` : 'message of no kind';
}

/** Where a value does not fit its schema, and why, in words that are safe to print. */
export function faultOf({ issues }: z.ZodError): string {
  const [{ path, message } = { path: [], message: 'unknown' }] = issues;
  const where = path.length === 0 ? '' : `${printable(path.join('.'))}: `;
  return `${where}${printable(message)}`;
}

/** Safe to print: short, and without control characters. */
export function printable(value: unknown): string {
  return String(value)
    .slice(0, SHOWN)
    .replace(/[^ -~]/g, '?');
}

type SentNumber = z.infer<typeof quantitySchema>;

/** Numbers by name as JSON can say them, those that are not finite too. */
export function sentNumbers(numbers: Readonly<Record<string, number>>): Record<string, SentNumber> {
  const sent = (value: number) => (Number.isFinite(value) ? value : (String(value) as SentNumber));
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, sent(value)]));
}

/** And back. */
export function receivedNumbers(
  sent: Readonly<Record<string, SentNumber>>,
): Record<string, number> {
  return Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, Number(value)]));
}
