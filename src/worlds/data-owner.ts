/** The owners of the data from which workers draw their batches. */
export type DataOwners = 'regions' | 'workers' | 'shared';

/** The one owner of all data, when it is shared. */
export const SHARED_OWNER = 'shared';

/** The owner of the next batch of a worker that is with that server. */
export function dataOwner(owners: DataOwners, worker: string, server: string): string {
  if (owners === 'shared') return SHARED_OWNER;
  return owners === 'workers' ? worker : server;
}
