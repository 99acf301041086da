import { randomBytes } from 'node:crypto';
import type { EndpointOptions, TlsFiles } from '../transport/transport.ts';

/** How the processes of a run know each other. Never written to the journal or a config. */
export type Credentials = Pick<EndpointOptions, 'secret' | 'tls'> & {
  /** Off loopback without TLS: the user has said so. */
  insecure: boolean;
};

const SECRET_BYTES = 32;

/** Of the processes of one run on this machine: other users reach loopback, too. */
export function ownCredentials(): Credentials {
  return { secret: randomBytes(SECRET_BYTES), tls: null, insecure: false };
}

/** One line, for the standard input of a process. */
export function credentialsLine({ secret, tls, insecure }: Credentials): string {
  const token = secret === null ? null : Buffer.from(secret).toString('hex');
  return `${JSON.stringify({ token, tls, insecure })}\n`;
}

/** Reads what `credentialsLine` wrote. Throws SyntaxError. */
export function readCredentialsLine(line: string): Credentials {
  const { token, tls, insecure } = JSON.parse(line) as {
    token: string | null;
    tls: TlsFiles | null;
    insecure: boolean;
  };
  return { secret: token === null ? null : Buffer.from(token, 'hex'), tls, insecure };
}
