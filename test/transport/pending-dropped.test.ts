import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { PendingConnections } from '#src/transport/pending-connections.js';

/** Names left of those that came in this order, at most three at a time. */
function leftOf(...comers: readonly [name: string, remoteAddress: string][]): string[] {
  const pending = new PendingConnections(3);
  const left = new Set<string>();
  for (const [name, remoteAddress] of comers) {
    const socket = Object.assign(new EventEmitter(), {
      remoteAddress,
      remotePort: name.charCodeAt(0),
      destroy: () => {
        left.delete(name);
        socket.emit('close');
      },
    });
    pending.arrived(socket as unknown as Socket);
    left.add(name);
  }
  return [...left];
}

describe('of too many pending connections', () => {
  it('the first goes of the address that has the most', () => {
    const [one, two] = ['10.0.0.1', '10.0.0.2'];
    expect(leftOf(['a', one], ['b', two], ['c', two], ['d', one])).toEqual(['a', 'c', 'd']);
    expect(leftOf(['a', one], ['b', one], ['c', one], ['d', two])).toEqual(['b', 'c', 'd']);
  });

  it('those of an IPv6 network of 64 bits count as one', () => {
    const [one, next, other] = ['2001:db8::1:0:0:5', '2001:db8:0:0:9::7', '2001:db8:0:1::5'];
    expect(leftOf(['a', other], ['b', one], ['c', next], ['d', other])).toEqual(['a', 'c', 'd']);
  });

  it('those of IPv4 count by their address where IPv6 carries it', () => {
    const [one, two] = ['::ffff:10.0.0.1', '::ffff:10.0.0.2'];
    expect(leftOf(['a', one], ['b', two], ['c', two], ['d', one])).toEqual(['a', 'c', 'd']);
  });
});
