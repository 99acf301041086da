import type { SimulatedEvent } from '../../journal/events.ts';
import { gathered } from '../enough.ts';
import type { ServerLayerSettings, ServerPlace } from '../settings.ts';
import type { ReplicaState } from './replica-server.ts';

type Waiting = Extract<SimulatedEvent, { type: 'waiting' }>;

/** What a server with a model of its own waits for, and from whom; null when it goes on by itself. */
export function waitingReplica(
  { collection, down, uplink, children: { done, workers } }: ReplicaState,
  { id: server, parent, children }: ServerPlace,
  { collect }: ServerLayerSettings,
): Waiting | null {
  const { round, open, attempt, entries } = collection;
  const base = { type: 'waiting', server, round } as const;
  if (down) return { ...base, what: 'recovery', has: 0, wants: 1, from: [] };
  if (uplink.awaitsModel) return { ...base, what: 'model', has: 0, wants: 1, from: [parent!] };
  if (uplink.isDone || !open || attempt !== null) return null;
  const members = children.length > 0 ? children : workers;
  const from = members.filter(
    (member) => !done.includes(member) && !entries.some(({ sender }) => sender === member),
  );
  return { ...base, what: 'updates', ...gathered(collection, collect), from };
}
