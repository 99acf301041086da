import { RunError } from '#src/errors.js';
import { connectOver } from '#src/transport/dial.js';
import { Reception } from '#src/transport/reception.js';
import type { Transport } from '#src/transport/transport.js';
import { TransportError } from '#src/transport/transport-error.js';
import type { Wire } from '#src/transport/wire.js';
import { memoryWires } from './memory-wires.ts';

/**
 * Frames between places in one process, for tests: the same bytes, handshake, limits and
 * back-pressure as over a network, and no network. Instances are separate from each other; ports
 * from 1 up are the addresses, hosts and TLS settings are ignored.
 */
export function memoryTransport(): Transport {
  const listening = new Map<number, (wire: Wire) => boolean>();
  let lastPort = 0;
  return {
    name: 'memory',
    async listen(options, onConnection) {
      const { host, limits } = options;
      const port = options.port === 0 ? ++lastPort : options.port;
      if (listening.has(port)) throw new RunError(`cannot listen at ${host}:${port}: it is taken`);
      const reception = new Reception(options, onConnection);
      listening.set(port, (wire) => {
        const isFull = reception.size >= limits.maximumConnections;
        if (isFull) reception.count('full');
        else void reception.take(wire);
        return !isFull;
      });
      return {
        address: { host, port },
        warning: null,
        refused: reception.refused,
        async close() {
          listening.delete(port);
          await reception.close();
        },
      };
    },
    async connect({ host, port, secret, limits }) {
      const take = listening.get(port);
      const where = `${host}:${port}`;
      if (take === undefined) {
        throw new TransportError(
          'unreachable',
          `${where} cannot be reached: no listener has this address`,
        );
      }
      const [here, there] = memoryWires('memory', where);
      if (!take(there)) there.destroy();
      return connectOver(here, { secret, limits });
    },
  };
}
