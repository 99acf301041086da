import { type CollectionEntry, entryOf } from '../../nodes/collection-entry.ts';
import type { Message } from '../../nodes/messages.ts';
import { endsOf, type InFlight } from '../in-flight.ts';
import type { NodeSet } from '../node-set.ts';
import { outOfReach } from '../out-of-reach.ts';
import type { WorldParts } from './world-parts.ts';
import type { WorldState } from './world-state.ts';

/** Records what a stalled run waits for, the end of all that is in flight, and the end of the run. */
export function endRun({ settings, journal }: WorldParts, state: WorldState, nodes: NodeSet): void {
  const { nowUs, servers, workers, cut, cloud, nextIds, computed } = state;
  if (state.ended === 'stalled') {
    const isDown = (id: string) => (servers.get(id) ?? workers.get(id))?.down === true;
    for (const waiting of nodes.waiting()) {
      const unreachable = outOfReach(waiting, isDown, (id) => cut.has(id));
      journal.record(nowUs, { ...waiting, ...unreachable });
    }
  }
  const parents = new Map(settings.servers.map(({ id, parent }) => [id, parent]));
  for (const event of endsOf(inFlight(state, settings, parents), { outcome: 'in-flight' })) {
    journal.record(nowUs, event);
  }
  const { rounds, updates } = cloud;
  const { gradient: gradients } = nextIds;
  const reason = state.ended!;
  journal.record(nowUs, { type: 'run-ended', reason, rounds, gradients, computed, updates });
}

/** At workers, in collections, on the way, and in aggregations whose time is not over. */
function inFlight(
  state: WorldState,
  settings: WorldParts['settings'],
  parents: ReadonlyMap<string, string | null>,
): InFlight {
  const { gradients, results, updates }: InFlight = { gradients: [], results: [], updates: [] };
  const add = (receiver: string, entry: CollectionEntry | null) => {
    if (entry?.kind === 'gradient')
      gradients.push({ gradient: entry.id, worker: entry.sender, server: receiver });
    else if (entry?.kind === 'result')
      results.push({ result: entry.id, server: entry.sender, parent: receiver });
    else if (entry?.kind === 'update')
      updates.push({ update: entry.id, node: entry.sender, server: receiver });
  };
  for (const worker of state.workers.values()) {
    if (worker.type === 'window-worker') continue;
    const { id, computing, unsent } = worker;
    for (const { gradient, server } of computing === null ? unsent : [...unsent, computing])
      gradients.push({ gradient, worker: id, server });
  }
  for (const { id, collection } of [state.cloud, ...state.servers.values()]) {
    for (const entry of collection.entries) add(id, entry);
  }
  // Of several copies of a message one counts, unless one has arrived.
  const counted = new Set<number>();
  for (const [copies, { hasArrived }] of state.copies.underWay) {
    if (hasArrived) counted.add(copies);
  }
  const addMessage = (from: string, to: string, message: Message, copies: number | undefined) => {
    if (copies !== undefined && counted.has(copies)) return;
    if (copies !== undefined) counted.add(copies);
    add(to, entryOf(from, message));
  };
  for (const { from, to, message, group } of state.sendings.values()) {
    addMessage(from, to, message, group?.number);
  }
  for (const { event } of state.queue.heap) {
    if (event.type === 'message') {
      addMessage(event.from, event.to, event.message, event.copies);
    } else if (event.type === 'timer' && event.timer.kind === 'aggregated') {
      const parent = parents.get(event.node) ?? null;
      // In a tree of models the aggregate is not passed on as it is.
      if (parent !== null && settings.hierarchy === null)
        results.push({ result: event.timer.result, server: event.node, parent });
    }
  }
  return { gradients, results, updates };
}
