import type { Socket } from 'node:net';
import type { Wire } from './wire.ts';

/** A TCP socket, or a TLS one, as a wire. */
export function socketWire(socket: Socket): Wire {
  // Frames are written whole; waiting for more would only delay the small ones.
  socket.setNoDelay(true);
  // Buffers written in one turn of the event loop go in one system call, which takes the bytes from
  // where they are.
  let isCorked = false;
  const uncorkSoon = () => {
    if (isCorked) return;
    isCorked = true;
    socket.cork();
    setImmediate(() => {
      isCorked = false;
      socket.uncork();
    });
  };
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
      uncorkSoon();
      const last = pieces.length - 1;
      pieces.forEach((piece, index) => {
        if (index < last) socket.write(piece);
        else socket.write(piece, () => written());
      });
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  };
}
