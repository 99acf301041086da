import type { WorldSettings } from '../../world-settings.ts';

/** Where a process is reached. */
export interface Address {
  host: string;
  port: number;
}

/** One of the run's process slots: its number, and the nodes that its process runs. */
export interface ProcessSlot {
  index: number;
  role: 'cloud' | 'server' | 'workers';
  nodes: string[];
}

/** Which nodes go together in one process: the cloud, each server, and shares of the workers. */
export function placeNodes(
  { servers, workers }: Pick<WorldSettings, 'servers' | 'workers'>,
  workerProcesses: number,
): ProcessSlot[] {
  const parts = Math.min(workerProcesses, Math.max(1, workers.length));
  const shares = Array.from({ length: parts }, (_, index) =>
    workers.filter((_, worker) => worker % parts === index),
  );
  const slots = [
    ...servers.map(({ id, parent }) => ({
      role: parent === null ? ('cloud' as const) : ('server' as const),
      nodes: [id],
    })),
    ...shares.map((nodes) => ({ role: 'workers' as const, nodes })),
  ];
  return slots.map((slot, index) => ({ index, ...slot }));
}

/** For people: what a process runs. */
export function slotText({ role, nodes }: ProcessSlot): string {
  if (role === 'workers') return `${nodes.length} ${nodes.length === 1 ? 'worker' : 'workers'}`;
  return nodes.join(', ');
}
