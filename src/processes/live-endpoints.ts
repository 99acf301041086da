import type { Config } from '../config/config-schema.ts';
import { type Limits, limitsFor } from '../transport/limits.ts';
import { tcp } from '../transport/tcp.ts';
import type { EndpointOptions, Transport } from '../transport/transport.ts';
import { webSocket } from '../transport/websocket.ts';
import type { Credentials } from './credentials.ts';

/** Configs and batches fit in it, however small the model. */
const LEAST_BODY_BYTES = 2 ** 20;

export const transports: Readonly<Record<Config['live']['transport'], Transport>> = {
  tcp,
  websocket: webSocket,
};

/** Limits for connections that carry no vectors. */
export const controlLimits: Limits = limitsFor(LEAST_BODY_BYTES);

/** Limits for vectors of `dimension` elements. */
export function vectorLimits(dimension: number): Limits {
  return limitsFor(Math.max(LEAST_BODY_BYTES, dimension * 4));
}

export function endpoint(
  address: { host: string; port: number },
  limits: Limits,
  credentials: Credentials,
): EndpointOptions {
  return { ...address, ...credentials, limits };
}
