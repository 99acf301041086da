import type { WebSocket } from 'ws';
import { BadFrame } from './bad-frame.ts';
import type { Wire } from './wire.ts';

/** Closed in order: by code 1000, or without any. */
const ORDERLY = [1000, 1005];

/**
 * An open WebSocket as a wire: each frame is one binary message, its header one fragment and its
 * body another, so that neither is copied on the way out and the body arrives in its own memory.
 */
export function webSocketWire(socket: WebSocket, remote: string): Wire {
  socket.binaryType = 'fragments';
  return {
    remote,
    start(events) {
      let failure: Error | null = null;
      socket.on('message', (data, isBinary) => {
        if (!isBinary) {
          failure = new BadFrame('encoding', 'a text message, where all are binary');
          socket.terminate();
          return;
        }
        for (const fragment of data as Buffer[]) events.bytes(fragment);
      });
      socket.on('error', (error) => {
        failure ??= failureOf(error);
      });
      socket.on('close', (code) => {
        const wasOrderly = ORDERLY.includes(code);
        events.closed(failure ?? (wasOrderly ? null : new Error(`closed with code ${code}`)));
      });
    },
    write(pieces, written) {
      const last = pieces.length - 1;
      pieces.forEach((piece, index) => {
        const options = { binary: true, fin: index === last };
        if (index < last) socket.send(piece, options);
        else socket.send(piece, options, () => written());
      });
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    end: () => socket.close(1000),
    destroy: () => socket.terminate(),
  };
}

/** Where the other side broke the WebSocket protocol or its limits, that is a bad frame. */
function failureOf(error: Error & { code?: string }): Error {
  const { code = '', message } = error;
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return new BadFrame('length', message);
  return code.startsWith('WS_ERR_') ? new BadFrame('encoding', message) : error;
}
