import type { Socket } from 'node:net';
import type { Wire } from './wire.ts';

/** A TCP socket, or a TLS one, as a wire. */
export function socketWire(socket: Socket): Wire {
  // Frames are written whole; waiting for more would only delay the small ones.
  socket.setNoDelay(true);
  return {
    remote: `${socket.remoteAddress ?? 'somebody'}:${socket.remotePort ?? 0}`,
    start(events) {
      let failure: Error | null = null;
      socket.on('data', (piece) => events.bytes(piece));
      socket.on('end', () => events.ended());
      socket.on('error', (error) => {
        failure = error;
      });
      socket.on('close', () => events.closed(failure));
    },
    write(pieces, written) {
      // One system call for all of them, which takes the bytes from where they are.
      socket.cork();
      const last = pieces.length - 1;
      pieces.forEach((piece, index) => {
        if (index < last) socket.write(piece);
        else socket.write(piece, () => written());
      });
      socket.uncork();
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}
