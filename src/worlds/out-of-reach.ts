import type { SimulatedEvent } from '../journal/events.ts';

/** Of those that a server waits for: who has crashed, and who is behind a link that is cut. */
export function outOfReach(
  { server, what, from }: SimulatedEvent & { type: 'waiting' },
  isDown: (node: string) => boolean,
  isCut: (server: string) => boolean,
): { crashed?: string[]; cut?: string[] } {
  const crashed = from.filter(isDown);
  const cut = from.filter((id) => isCut(what === 'model' ? server : id));
  return { ...(crashed.length > 0 ? { crashed } : {}), ...(cut.length > 0 ? { cut } : {}) };
}
