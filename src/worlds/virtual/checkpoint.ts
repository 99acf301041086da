import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import type { ValueId } from '../../nodes/messages.ts';
import type { SavedValue } from '../computing/value-store.ts';
import type { WorldState } from './world-state.ts';

/** All of a run at a moment when nothing is under way: plain data. */
export interface Checkpoint {
  world: WorldState;
  values: { nextId: ValueId; values: SavedValue[] };
  /** How far the journal had come. */
  journal: { bytes: number; nextEvent: number; nextHostEvent: number };
  wallTimeS: number;
}

const DIGEST_BYTES = 32;

/** One serialisation, and its SHA-256 in front. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const body = serialize(checkpoint);
  return Buffer.concat([createHash('sha256').update(body).digest(), body]);
}

/** Null for what is not a whole checkpoint. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint | null {
  const digest = bytes.subarray(0, DIGEST_BYTES);
  const body = bytes.subarray(DIGEST_BYTES);
  if (!createHash('sha256').update(body).digest().equals(digest)) return null;
  return deserialize(body) as Checkpoint;
}
