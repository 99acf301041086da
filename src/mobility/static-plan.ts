import type { MobilityEvent, MobilityPlan } from './contacts.ts';

/**
 * Workers that stay where they are, each within reach of one server from the begin on and for good.
 * `servers`: of each worker, in the same order; `standbys`: another one that it reaches; null: none.
 */
export function staticPlan(
  workers: readonly string[],
  servers: readonly string[],
  standbys: readonly (string | null)[],
): MobilityPlan {
  const at = { timeUs: 0 };
  const each = workers.map((worker, contact) => ({ worker, server: servers[contact]!, contact }));
  const others = workers
    .map((worker, index) => ({ worker, server: standbys[index] ?? null }))
    .flatMap(({ worker, server }) => (server === null ? [] : [{ worker, server }]))
    .map((pair, index) => ({ ...pair, contact: workers.length + index }));
  const events: MobilityEvent[] = [
    ...each.map(({ worker }): MobilityEvent => {
      return { ...at, type: 'enter-map', worker, entity: worker, kind: 'container' };
    }),
    ...[...each, ...others].map(
      (contact): MobilityEvent => ({ ...at, type: 'enter-range', ...contact }),
    ),
    ...each.map((contact): MobilityEvent => ({ ...at, type: 'associate', ...contact })),
  ];
  return { events, contacts: workers.length + others.length, spanUs: 0 };
}
