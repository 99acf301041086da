import type { Frame, Header } from '#src/transport/frame.js';
import { type Limits, limitsFor } from '#src/transport/limits.js';
import type { ListenOptions } from '#src/transport/transport.js';

export const secret = Buffer.from('a secret of tests, 128 bits and more');

/** A free port of this machine, no secret; changed as asked. */
export function localOptions(
  changes: Partial<ListenOptions> = {},
  limits: Partial<Limits> = {},
): ListenOptions {
  return {
    host: '127.0.0.1',
    port: 0,
    secret: null,
    tls: null,
    limits: { ...limitsFor(4_000_000), handshakeS: 60, ...limits },
    ...changes,
  };
}

export function small(header: Header): Frame {
  return { header, body: null };
}
