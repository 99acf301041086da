import type { SimulatedEvent } from '../../journal/events.ts';
import { gathered } from '../enough.ts';
import type { ServerLayerSettings, ServerPlace } from '../settings.ts';
import type { RelayState } from './relay-server.ts';
import type { ReplicaState } from './replica-state.ts';

type WaitingEvent = Extract<SimulatedEvent, { type: 'waiting' }>;

/**
 * Reason and nodes for which a server with a model of its own waits; null when it goes on by
 * itself.
 */
export function waitingReplica(
  state: ReplicaState | RelayState,
  { id: server, children }: ServerPlace,
  { collect }: ServerLayerSettings,
): WaitingEvent | null {
  const { collection, down, children: held } = state;
  const { awaitsModel, isDone } = state.type === 'replica' ? state.uplink : state;
  const { round, open, attempt, entries } = collection;
  const base = { type: 'waiting', server, round } as const;
  if (down) return { ...base, what: 'recovery', has: 0, wants: 1, from: [] };
  if (awaitsModel) return { ...base, what: 'model', has: 0, wants: 1, from: [state.parent!] };
  if (isDone || !open || attempt !== null) return null;
  const members = children.length > 0 ? held.servers : held.workers;
  const from = members.filter(
    (member) =>
      !held.done.includes(member) &&
      (held.participants === null || held.participants.includes(member)) &&
      !entries.some(({ sender }) => sender === member),
  );
  return { ...base, what: 'updates', ...gathered(collection, collect), from };
}
