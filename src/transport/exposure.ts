import { BlockList, isIP } from 'node:net';
import { InputError } from '../errors.ts';
import type { EndpointOptions } from './transport.ts';

/** As long as a random key of 128 bits. */
const SHORTEST_SECRET_BYTES = 16;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Refuses to expose a process: off loopback there must be a secret, and TLS unless the user says
 * otherwise. Answers with a warning to show, or null. Throws InputError.
 */
export function checkExposure({
  host,
  port,
  secret,
  tls,
  insecure,
}: Omit<EndpointOptions, 'limits'>): string | null {
  if (secret !== null && secret.length < SHORTEST_SECRET_BYTES) {
    throw new InputError({
      found: `a secret of ${secret.length} bytes`,
      advice: [`expected at least ${SHORTEST_SECRET_BYTES} random bytes, which cannot be guessed`],
    });
  }
  if (isLoopback(host)) return null;
  if (secret === null) {
    throw new InputError({
      found: `${host}:${port} can be reached from other machines, and there is no secret`,
      advice: [
        'give all processes the same secret by --token-file, or stay on 127.0.0.1',
        'edgemlsim deploy token FILE makes one',
      ],
    });
  }
  if (tls !== null) return null;
  if (insecure !== true) {
    throw new InputError({
      found: `${host}:${port} can be reached from other machines, and traffic would not be encrypted`,
      advice: [
        'give certificates for TLS by --tls, or say --insecure on a network you trust',
        'edgemlsim deploy certificates DIR makes some',
      ],
    });
  }
  return `INSECURE: what is sent to or from ${host}:${port} is not encrypted; anyone on the way can read and change it.`;
}

/** Whether a name or an address is this machine's own, which no other reaches. */
export function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host === 'localhost';
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
