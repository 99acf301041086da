import type { ServerLayer, WorkerLayer } from './config-schema.ts';

/** The participants of a layer as a rule, short forms written out. */
export function participantChoice(participants: ServerLayer['participants']): {
  rule: string;
  options: Record<string, unknown>;
} {
  if (participants === 'all') return { rule: 'all', options: {} };
  if ('rule' in participants) return participants;
  if ('share' in participants) return { rule: 'random-share', options: { ...participants } };
  if ('fastest' in participants) {
    return { rule: 'fastest', options: { count: participants.fastest } };
  }
  return { rule: 'random-count', options: { ...participants } };
}

/** Whether only some children take part in rounds of a server of that layer. */
export function drawsParticipants(layer: ServerLayer | WorkerLayer | undefined): boolean {
  return layer !== undefined && 'participants' in layer && layer.participants !== 'all';
}
