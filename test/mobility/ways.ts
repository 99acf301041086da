import { PackedPresence, type Presence } from '#src/mobility/presence.js';
import type { Trace } from '#src/mobility/trace.js';

/** The presences of a trace with their samples. */
export function waysOf({ presences }: Pick<Trace, 'presences'>): Presence[] {
  return presences.map((presence) => presence.unpacked());
}

export function packed(presences: readonly Presence[]): PackedPresence[] {
  return presences.map((presence) => PackedPresence.of(presence));
}
