import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';
import type { JournalMark } from '../journal/journal-prefix.ts';

const DIGEST_BYTES = 32;

/** The state from which a run goes on, of either world: plain data. */
export interface CheckpointHead {
  /** Of provenance.json: whose checkpoint it is. */
  run: string;
  journal: JournalMark;
  wallTimeS: number;
}

const count = z.int().nonnegative();
const headSchema = z.looseObject({
  run: z.string(),
  journal: z.strictObject({
    bytes: count,
    sha256: z.string().length(64),
    nextEvent: count,
    nextHostEvent: count,
  }),
  wallTimeS: z.number().nonnegative(),
});

/** One serialisation of plain data, and its SHA-256 in front. */
export function encodeCheckpoint(checkpoint: object): Uint8Array {
  const body = serialize(checkpoint);
  return Buffer.concat([createHash('sha256').update(body).digest(), body]);
}

/** `shape`: what a checkpoint of this kind holds beside the head. Or why it is none of this run. */
export function decodeCheckpoint<Kind extends CheckpointHead>(
  bytes: Uint8Array,
  run: string,
  shape: z.ZodType,
): { checkpoint: Kind } | { why: string } {
  const digest = bytes.subarray(0, DIGEST_BYTES);
  const body = bytes.subarray(DIGEST_BYTES);
  if (!createHash('sha256').update(body).digest().equals(digest)) {
    return { why: 'damaged: its SHA-256 does not fit' };
  }
  let value: unknown;
  try {
    value = deserialize(body);
  } catch {
    return { why: 'holds no serialised data' };
  }
  const head = headSchema.safeParse(value);
  if (!head.success) return { why: 'holds something else than a checkpoint' };
  if (head.data.run !== run) return { why: 'belongs to another run' };
  if (!shape.safeParse(value).success) return { why: 'does not hold the state of this run' };
  return { checkpoint: value as Kind };
}
