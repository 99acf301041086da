import type { Network } from '../mobility/network.ts';
import type { Site } from '../mobility/site.ts';
import type { Config } from './config-schema.ts';
import { positionOf } from './sites.ts';

/** In metres, of a server that has no range of its own, with mobility.radio.model range. */
const STANDARD_RANGE_M = 50;

/** Where a server of a config stands; null for one without a site. Throws InputError. */
export function placedSite(
  { id: server, site, rangeM = STANDARD_RANGE_M, service }: Config['servers'][number],
  network: Network | undefined,
): Site | null {
  if (site === undefined) return null;
  const times = service?.map(([fromS, toS]) => {
    return [Math.round(fromS * 1e6), Math.round(toS * 1e6)] as const;
  });
  return {
    ...{ server, rangeM },
    ...('entity' in site ? { xM: 0, yM: 0, carriedBy: site.entity } : positionOf(site, network)),
    ...(times !== undefined && { serviceUs: times }),
  };
}
