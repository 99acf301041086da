import { isIPv6, type Socket } from 'node:net';

/**
 * The unauthenticated connections of a listener, at most `maximum` at a time. For one more, another
 * is closed: the oldest of the address that has the most. So a client cannot keep others out by
 * holding connections open: a peer that knows the secret is authenticated in a moment.
 */
export class PendingConnections {
  readonly #maximum: number;
  /** In order of arrival, by address and port. */
  readonly #waiting = new Map<string, { socket: Socket; address: string }>();

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** Takes one that has just come; whether another had to go for it. */
  arrived(socket: Socket): boolean {
    const { remoteAddress, remotePort } = socket;
    const isFull = this.#waiting.size >= this.#maximum;
    if (isFull) this.#dropOne();
    const remote = `${remoteAddress}:${remotePort}`;
    this.#waiting.set(remote, { socket, address: addressOf(remoteAddress ?? '') });
    socket.once('close', () => {
      if (this.#waiting.get(remote)?.socket === socket) this.#waiting.delete(remote);
    });
    return isFull;
  }

  /** One has proven itself: its address and port. */
  known(remote: string): void {
    this.#waiting.delete(remote);
  }

  #dropOne(): void {
    const counts = new Map<string, number>();
    for (const { address } of this.#waiting.values()) {
      counts.set(address, (counts.get(address) ?? 0) + 1);
    }
    const most = Math.max(...counts.values());
    for (const [remote, { socket, address }] of this.#waiting) {
      if (counts.get(address) !== most) continue;
      this.#waiting.delete(remote);
      socket.destroy();
      return;
    }
  }
}

/** The key of an address: an IPv6 client controls the whole 64-bit network of its address. */
function addressOf(remoteAddress: string): string {
  if (!isIPv6(remoteAddress) || remoteAddress.startsWith('::ffff:')) return remoteAddress;
  const [head = '', tail] = remoteAddress.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing =
    tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length;
  return [...groups, ...Array<string>(missing).fill('0')].slice(0, 4).join(':');
}
