import { describe } from 'vitest';
import { webSocket } from '#src/transport/websocket.js';
import { transportConformance } from '../conformance/transport-conformance.ts';

describe('the websocket transport', () => {
  transportConformance(() => webSocket);
});
