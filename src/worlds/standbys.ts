import type { ServerPlace } from '../nodes/settings.ts';
import type { NodeSet } from './node-set.ts';
import type { WorldSettings } from './world-settings.ts';

/** The children of a server have gone to its standby, or have come back. */
export interface Failover {
  server: string;
  isAway: boolean;
  /** All servers whose children are with their standby from now on. */
  away: ReadonlySet<string>;
}

/**
 * Which servers have their children at a standby: those that have crashed or whose link to the server above
 * is cut, while the standby has not and its link is not. Where both are lost, children wait at their own.
 */
export class Standbys {
  readonly #places: ReadonlyMap<string, ServerPlace>;
  readonly #isLost: (server: string) => boolean;
  #away: Set<string>;

  constructor(servers: readonly ServerPlace[], isLost: (server: string) => boolean) {
    this.#places = new Map(servers.map((place) => [place.id, place]));
    this.#isLost = isLost;
    this.#away = this.#now();
  }

  get away(): ReadonlySet<string> {
    return this.#away;
  }

  /** The server that the children of one are with. */
  serverOf(server: string): string {
    return this.#away.has(server) ? this.#places.get(server)!.standby! : server;
  }

  /** Servers may be lost or back: what changes with that. */
  update(): Failover[] {
    const before = this.#away;
    const away = this.#now();
    this.#away = away;
    return [...this.#places.keys()]
      .filter((server) => before.has(server) !== away.has(server))
      .map((server) => ({ server, isAway: away.has(server), away }));
  }

  #now(): Set<string> {
    const places = [...this.#places.values()].filter(
      ({ id, standby }) => standby !== null && this.#isLost(id) && !this.#isLost(standby),
    );
    return new Set(places.map(({ id }) => id));
  }
}

/**
 * Servers among these nodes that are concerned: child servers go from one to the other, and the server that
 * is lost leaves the one above, which does not wait for it any more, or joins it.
 */
export function reattach(
  nodes: NodeSet,
  settings: Pick<WorldSettings, 'servers' | 'workers' | 'hierarchy'>,
  { server, isAway, away }: Failover,
): void {
  const placeOf = (id: string) => settings.servers.find((place) => place.id === id)!;
  const programOf = (id: string) => nodes.treeServer(id);
  const standingFor = (id: string) =>
    settings.servers.filter((place) => place.standby === id && away.has(place.id));
  const { standby, parent, children } = placeOf(server);
  const above = away.has(parent!) ? placeOf(parent!).standby! : parent!;
  const [from, to] = isAway ? [server, standby!] : [standby!, server];
  // First what may send more, so that nothing is over before it has. Workers follow by themselves.
  const workers = homeWorkersOf(settings, server);
  programOf(to)?.expect(workers, true);
  programOf(from)?.expect(workers, false);
  programOf(above)?.childReopened(to);
  programOf(above)?.standsIn(standby!, server, isAway);
  programOf(standby!)?.standFor(server, isAway);
  if (isAway) programOf(above)?.childLeft(server);
  else programOf(above)?.childJoined(server);
  for (const child of children) {
    if (!away.has(child)) {
      programOf(to)?.childJoined(child);
      programOf(from)?.childLeft(child);
      for (const { id } of standingFor(child)) programOf(to)?.standsIn(child, id, true);
    }
    programOf(child)?.moveTo(to);
  }
  programOf(to)?.reopen();
}

/** Workers that belong to a server, where they stay. */
export function homeWorkersOf(
  { workers, hierarchy }: Pick<WorldSettings, 'workers' | 'hierarchy'>,
  server: string,
): string[] {
  return workers.filter((worker) => hierarchy?.leafOf.get(worker) === server);
}
