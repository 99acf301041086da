import { describe } from 'vitest';
import { memoryTransport } from '#src/transport/memory.js';
import { transportConformance } from '../conformance/transport-conformance.ts';

describe('the memory transport', () => {
  transportConformance(() => memoryTransport());
});
