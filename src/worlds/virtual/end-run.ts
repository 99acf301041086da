import type { SimulatedEvent } from '../../journal/events.ts';
import { entryOf, recordEnd } from '../../nodes/entry.ts';
import { waitingOf } from '../../nodes/waiting.ts';
import { outOfReach } from '../out-of-reach.ts';
import type { WorldParts } from './world-parts.ts';
import type { WorldState } from './world-state.ts';

/**
 * Records who waits for whom, if nothing happened any more, what was under way as in flight, and
 * the end of the run.
 */
export function endRun(parts: WorldParts, state: WorldState): void {
  const record = (event: SimulatedEvent) => parts.journal.record(state.nowUs, event);
  if (state.ended === 'stalled') {
    const { servers, layers, mode } = parts.settings;
    for (const place of servers) {
      const server = place.parent === null ? state.cloud : state.servers.get(place.id)!;
      const waiting = waitingOf(server, place, layers[place.layer]!, mode);
      if (waiting === null) continue;
      const isDown = (id: string) =>
        (state.servers.get(id) ?? state.workers.get(id))?.down === true;
      record({ ...waiting, ...outOfReach(waiting, isDown, (id) => state.cut.has(id)) });
    }
  }
  const ends: { kind: string; id: number; record: () => void }[] = [];
  const inFlight = { outcome: 'in-flight' } as const;
  const note = (kind: string, id: number, event: () => void) => {
    ends.push({ kind, id, record: event });
  };

  for (const { id: worker, computing, unsent } of state.workers.values()) {
    for (const { gradient, server } of computing === null ? unsent : [...unsent, computing]) {
      const event = { type: 'gradient-ended', gradient, worker, server, ...inFlight } as const;
      note('gradient', gradient, () => record(event));
    }
  }
  const collections = [state.cloud, ...state.servers.values()];
  for (const { id: server, collection } of collections) {
    for (const entry of collection.entries) {
      note(entry.kind, entry.id, () => recordEnd(server, entry, inFlight, { record }));
    }
  }
  const parents = new Map(parts.settings.servers.map(({ id, parent }) => [id, parent]));
  const { underWay } = state.copies;
  const noted = new Set([...underWay].flatMap(([copies, at]) => (at.hasArrived ? [copies] : [])));
  for (const { event } of state.queue.heap) {
    if (event.type === 'message') {
      const entry = entryOf(event.from, event.message);
      const { copies } = event;
      // Once for all copies.
      if (entry === null || (copies !== undefined && noted.has(copies))) continue;
      if (copies !== undefined) noted.add(copies);
      note(entry.kind, entry.id, () => recordEnd(event.to, entry, inFlight, { record }));
    } else if (event.type === 'timer' && event.timer.kind === 'aggregated') {
      const { result } = event.timer;
      const parent = parents.get(event.node);
      if (parent === null || parent === undefined) continue;
      const { node: server } = event;
      note('result', result, () =>
        record({ type: 'result-ended', result, server, parent, ...inFlight }),
      );
    }
  }
  ends.sort((a, b) => (a.kind === b.kind ? a.id - b.id : a.kind < b.kind ? -1 : 1));
  for (const end of ends) end.record();

  record({
    type: 'run-ended',
    reason: state.ended!,
    rounds: state.cloud.rounds,
    gradients: state.nextIds.gradient,
    computed: state.computed,
    updates: state.cloud.updates,
  });
}
