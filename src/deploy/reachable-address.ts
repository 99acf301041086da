import { lookup } from 'node:dns/promises';
import { hostname, networkInterfaces } from 'node:os';
import { isLoopback } from '../transport/exposure.ts';

/**
 * An address at which other machines reach this one: that of its name, or, where that is loopback,
 * of its first network; loopback when it has none.
 */
export async function reachableAddress(): Promise<string> {
  const named = await lookup(hostname(), 4).catch(() => ({ address: '127.0.0.1' }));
  if (!isLoopback(named.address)) return named.address;
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outward = all.find(({ family, internal }) => family === 'IPv4' && !internal);
  return outward?.address ?? named.address;
}
