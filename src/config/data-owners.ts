import type { Config } from './config-schema.ts';

/** Owners that data is dealt to, in the order of the shares; `shared` is one pool of all. */
export function dataOwners(
  { data, servers }: Config,
  workerIds: readonly string[],
): { kind: 'regions' | 'workers' | 'shared'; ids: readonly string[] } {
  if (data.regions !== undefined) {
    return { kind: 'regions', ids: data.regions.map(({ id }) => id) };
  }
  if (data.owners === 'shared') return { kind: 'shared', ids: [] };
  const regions = servers.filter(({ site }) => site !== undefined).map(({ id }) => id);
  // Without sites there are no regions: workers that stay in one place.
  if (data.owners === 'workers' || regions.length === 0) return { kind: 'workers', ids: workerIds };
  return { kind: 'regions', ids: regions.sort() };
}
