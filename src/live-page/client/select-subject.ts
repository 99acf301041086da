import type { SimulatedLine } from '../../journal/events.ts';
import type { LookedAt } from '../drawing/choices.ts';
import { select } from './page-state.ts';
import type { RunFeed } from './run-feed.ts';
import { subjectOf } from './texts.ts';

/** Opens what an event is about in the inspector: an aggregation, a worker or a server. */
export function selectSubject(feed: RunFeed, line: SimulatedLine): void {
  const subject = subjectFor(feed, line);
  if (subject !== null) select(subject);
}

function subjectFor({ state }: RunFeed, line: SimulatedLine): LookedAt | null {
  if (line.type === 'aggregated') return { kind: 'aggregation', result: line.result };
  if ('worker' in line) return { kind: 'worker', id: line.worker };
  const id = subjectOf(line);
  if (id in state.servers) return { kind: 'server', id };
  return id in state.workers ? { kind: 'worker', id } : null;
}
