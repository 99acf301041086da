import type { TlsOptions } from 'node:tls';
import type { TlsFiles } from './transport.ts';

/** Both sides present certificates of one authority; a side without one is refused. */
export function listenerTls({ ca, cert, key }: TlsFiles): TlsOptions {
  return { ca, cert, key, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' };
}

/** The listener's certificate must name `serverName`, or else the host that is dialled. */
export function clientTls({ ca, cert, key, serverName }: TlsFiles) {
  const named = serverName === undefined ? {} : { servername: serverName };
  return { ca, cert, key, ...named, minVersion: 'TLSv1.3' as const };
}
