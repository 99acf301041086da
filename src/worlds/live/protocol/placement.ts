import type { WorldSettings } from '../../world-settings.ts';

/** Where a process is reached. */
export interface Address {
  host: string;
  port: number;
}

/** One process of a live world: its number and what it runs. */
export interface HostPlace {
  host: number;
  role: 'cloud' | 'server' | 'workers';
  nodes: string[];
}

/** Which nodes go together in one process: the cloud, each server, and shares of the workers. */
export function placeNodes(
  { servers, workers }: Pick<WorldSettings, 'servers' | 'workers'>,
  workerHosts: number,
): HostPlace[] {
  const hosts = Math.min(workerHosts, Math.max(1, workers.length));
  const shares = Array.from({ length: hosts }, (_, index) =>
    workers.filter((_, worker) => worker % hosts === index),
  );
  const places = [
    ...servers.map(({ id, parent }) => ({
      role: parent === null ? ('cloud' as const) : ('server' as const),
      nodes: [id],
    })),
    ...shares.map((nodes) => ({ role: 'workers' as const, nodes })),
  ];
  return places.map((place, host) => ({ host, ...place }));
}

/** For people: what a process runs. */
export function placeText({ role, nodes }: HostPlace): string {
  if (role === 'workers') return `${nodes.length} ${nodes.length === 1 ? 'worker' : 'workers'}`;
  return nodes.join(', ');
}
