import { z } from 'zod';
import { MARKS } from '../../journal/marks.ts';
import type { PageRequest } from '../shared/messages.ts';

const number = z.number().min(0);
const whole = z.int().min(0);
const text = z.string().max(500);
const mark = z.enum(MARKS);
const asked = { id: whole, run: whole };

const requestSchema = z.discriminatedUnion('ask', [
  z.strictObject({ ...asked, ask: z.literal('scene'), isWhole: z.boolean().optional() }),
  z.strictObject({
    ...asked,
    ask: z.literal('state'),
    timeUs: number.optional(),
    before: whole.optional(),
  }),
  z.strictObject({
    ...asked,
    ask: z.literal('lines'),
    from: whole,
    limit: z.int().min(1).max(10_000),
  }),
  z.strictObject({ ...asked, ask: z.literal('tracks'), fromUs: number, toUs: number }),
  z.strictObject({ ...asked, ask: z.literal('activities'), fromUs: number, toUs: number }),
  z.strictObject({ ...asked, ask: z.literal('series') }),
  z.strictObject({
    ...asked,
    ask: z.literal('log'),
    before: whole,
    limit: z.int().min(1).max(1000),
    types: z.array(text).max(100).optional(),
    node: text.optional(),
    mark: mark.optional(),
  }),
  z.strictObject({
    ...asked,
    ask: z.literal('find'),
    mark,
    from: whole,
    backwards: z.boolean().optional(),
  }),
  z.strictObject({ ...asked, ask: z.literal('aggregation'), result: whole }),
  z.strictObject({
    ...asked,
    ask: z.literal('control'),
    command: z.enum(['pause', 'continue', 'status', 'step']),
    until: mark.optional(),
  }),
]);

/** A page's request; null for anything else. */
export function readQuestion(text: string): PageRequest | null {
  try {
    return requestSchema.parse(JSON.parse(text)) as PageRequest;
  } catch {
    return null;
  }
}
