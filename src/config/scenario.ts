import type { MobilityMap, Site } from '../mobility/contacts.ts';
import type { Network } from '../mobility/network.ts';
import type { Trace } from '../mobility/trace.ts';
import { associationOf } from './association.ts';
import type { Config } from './config-schema.ts';
import { networkOf } from './network-of.ts';
import { placedSites } from './placed-site.ts';
import { type Reaching, reachingOf } from './radio.ts';
import { positionOf } from './sites.ts';
import { traceOf } from './trace-of.ts';

/** Where a config's run takes place. */
interface Scenario extends MobilityMap, Reaching {
  /** Only the kinds of entities that take part. */
  trace: Trace;
  network: Network | undefined;
  /** Of every server with a site, in the order of the servers. */
  sites: Site[];
  /** Where workers are Byzantine; null: anywhere. */
  region: MobilityMap['region'];
  loadPolicy: Awaited<ReturnType<typeof associationOf>>['loadPolicy'];
}

/** Throws InputError. */
export async function scenarioOf(config: Config): Promise<Scenario> {
  const [trace, network] = await Promise.all([traceOf(config), networkOf(config)]);
  const placed = await placedSites(config, network);
  const place = config.layers.worker.attack?.byzantine.region;
  const region =
    place === undefined
      ? null
      : { ...(await positionOf(place.site, network)), rangeM: place.rangeM };
  const reaching = await reachingOf(config, placed);
  const associating = await associationOf(config, reaching);
  return { trace, network, region, ...reaching, ...associating };
}
