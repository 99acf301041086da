import { isIPv6, type Socket } from 'node:net';

/**
 * The connections of a listener of which nobody knows yet who they are: so many at a time. For one
 * more, another goes: of the address that has the most of them, the one that has waited longest. So
 * nobody keeps others out by holding connections open: who knows the secret is known in a moment.
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

/** Whose address it is: one who has an IPv6 address has all of its network of 64 bits. */
function addressOf(remoteAddress: string): string {
  if (!isIPv6(remoteAddress) || remoteAddress.startsWith('::ffff:')) return remoteAddress;
  const [head = '', tail] = remoteAddress.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing =
    tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length;
  return [...groups, ...Array<string>(missing).fill('0')].slice(0, 4).join(':');
}
