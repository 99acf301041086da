import type { SimulatedEvent } from '../journal/events.ts';

/** Of the nodes that a server waits for: the crashed ones, and those behind a cut link. */
export function outOfReach(
  { server, what, from }: SimulatedEvent & { type: 'waiting' },
  isDown: (node: string) => boolean,
  isCut: (server: string) => boolean,
): { crashed?: string[]; cut?: string[] } {
  const crashed = from.filter(isDown);
  const cut = from.filter((id) => isCut(what === 'model' ? server : id));
  return { ...(crashed.length > 0 ? { crashed } : {}), ...(cut.length > 0 ? { cut } : {}) };
}
