import type { Connection } from './connection.ts';
import type { Limits } from './limits.ts';
import type { RefusalCounts } from './refusals.ts';

/** Which peers may connect, at one address. */
export interface EndpointOptions {
  /** A name or an address. Anything but this machine's loopback needs a secret. */
  host: string;
  port: number;
  /** Shared secret of both sides, at least 16 random bytes; null on loopback only. */
  secret: Uint8Array | null;
  /** Null: not encrypted. Off loopback that needs `insecure`. */
  tls: TlsFiles | null;
  /** Off loopback without TLS: anyone on the way may read and change what is sent. */
  insecure?: boolean;
  limits: Limits;
}

/** Contents of certificate files, in PEM. Both sides show a certificate of the same authority. */
export interface TlsFiles {
  ca: string;
  cert: string;
  key: string;
  /** The name in the listener's certificate, where it is not the host that is dialled. */
  serverName?: string;
}

/** The port may be 0: any free one. */
export type ListenOptions = EndpointOptions;
export type ConnectOptions = EndpointOptions;

export interface Listener {
  readonly address: { host: string; port: number };
  /** A loud line to show the user, where what is sent can be read on the way; null otherwise. */
  readonly warning: string | null;
  /** How often a connection was refused or ended by the other side's fault, by what was wrong. */
  readonly refused: Readonly<RefusalCounts>;
  /** Takes no more connections and closes those it took; resolves when all have ended. */
  close(): Promise<void>;
}

/** Carries frames between processes; all transports behave alike. */
export interface Transport {
  readonly name: 'tcp' | 'websocket' | 'memory';
  /**
   * `onConnection` is given every connection whose other side is known, and sets its handlers.
   * Throws InputError where the options are not safe, RunError where the address is not free.
   */
  listen(options: ListenOptions, onConnection: (connection: Connection) => void): Promise<Listener>;
  /** Throws InputError where the options are not safe, TransportError where it does not succeed. */
  connect(options: ConnectOptions): Promise<Connection>;
}
