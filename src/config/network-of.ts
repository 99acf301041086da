import { resolve } from 'node:path';
import { cachedNetwork } from '../mobility/cached-network.ts';
import { mapAround, type Network } from '../mobility/network.ts';
import type { Config } from './config-schema.ts';
import { nothingRead, readOnce } from './read-once.ts';

const last = nothingRead<Network>();

/** The network of a config, or the map around its origin; undefined with neither. Throws InputError. */
export async function networkOf({ mobility }: Config): Promise<Network | undefined> {
  const { network, origin } = mobility;
  if (network === undefined) return origin === undefined ? undefined : mapAround(origin);
  return readOnce(last, resolve(network), () => cachedNetwork(network));
}
