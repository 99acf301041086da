import type { Network } from '../mobility/network.ts';
import type { Site } from '../mobility/site.ts';
import type { Config } from './config-schema.ts';
import { positionOf } from './sites.ts';

/** In metres, of a server that has no range of its own, with mobility.radio.model range. */
const STANDARD_RANGE_M = 50;

/** Where a server of a config stands; null for one without a site. Throws InputError. */
export async function placedSite(
  { id: server, site, rangeM = STANDARD_RANGE_M, service }: Config['servers'][number],
  network: Network | undefined,
): Promise<Site | null> {
  if (site === undefined) return null;
  const times = service?.map(([fromS, toS]) => {
    return [Math.round(fromS * 1e6), Math.round(toS * 1e6)] as const;
  });
  const place =
    'entity' in site ? { xM: 0, yM: 0, carriedBy: site.entity } : await positionOf(site, network);
  return {
    ...{ server, rangeM },
    ...place,
    ...(times !== undefined && { serviceUs: times }),
  };
}

/** Where servers of a config stand, those that have a site. Throws InputError. */
export async function placedSites(
  { servers }: Pick<Config, 'servers'>,
  network: Network | undefined,
): Promise<Site[]> {
  const sites = await Promise.all(servers.map((server) => placedSite(server, network)));
  return sites.filter((site) => site !== null);
}
