import { InputError } from '../errors.ts';
import type { Network } from '../mobility/network.ts';
import { adviceOnName } from '../nearest-name.ts';
import type { Config } from './config-schema.ts';

type GivenSite = Exclude<NonNullable<Config['servers'][number]['site']>, { entity: string }>;

/** Metres in the trace's frame of a site in any of its forms. Throws InputError. */
export async function positionOf(
  site: GivenSite,
  network: Network | undefined,
): Promise<{ xM: number; yM: number }> {
  if ('xM' in site) return { xM: site.xM, yM: site.yM };
  if ('lat' in site && (Math.abs(site.lat) > 90 || Math.abs(site.lon) > 180)) {
    throw new InputError({
      found: `no place on earth: lat ${site.lat}, lon ${site.lon}`,
      advice: ['expected lat from -90 to 90 and lon from -180 to 180'],
    });
  }
  if (network === undefined) {
    const what = 'junction' in site ? 'a junction' : 'a place in degrees';
    throw new InputError({
      found: `${what} cannot be found without a network`,
      advice: [
        'set mobility.network to the SUMO network of the trace, or give xM and yM',
        ...('lat' in site ? ['or set mobility.origin to a place in the middle of the map'] : []),
      ],
    });
  }
  if ('lat' in site) {
    const { placeOnNetwork } = await import('../mobility/projection.ts');
    return placeOnNetwork(network, { latitude: site.lat, longitude: site.lon });
  }
  const junction = network.junctions.find(({ id }) => id === site.junction);
  if (junction) return { xM: junction.xM, yM: junction.yM };
  throw new InputError({
    found: `no junction "${site.junction}" in ${network.file}`,
    advice: adviceOnName(
      site.junction,
      network.junctions.map(({ id }) => id),
    ),
  });
}
