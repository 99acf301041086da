import type { MobilityEvent, MobilityPlan } from './contacts.ts';

/**
 * Workers that stay where they are, each within reach of one server from the begin on and for good.
 * `servers`: of each worker, in the same order.
 */
export function staticPlan(workers: readonly string[], servers: readonly string[]): MobilityPlan {
  const at = { timeUs: 0 };
  const each = workers.map((worker, contact) => ({ worker, server: servers[contact]!, contact }));
  const events: MobilityEvent[] = [
    ...each.map(({ worker }): MobilityEvent => {
      return { ...at, type: 'enter-map', worker, entity: worker, kind: 'container' };
    }),
    ...each.map((contact): MobilityEvent => ({ ...at, type: 'enter-range', ...contact })),
    ...each.map((contact): MobilityEvent => ({ ...at, type: 'associate', ...contact })),
  ];
  return { events, contacts: workers.length, spanUs: 0 };
}
