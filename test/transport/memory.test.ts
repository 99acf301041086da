import { describe } from 'vitest';
import { transportConformance } from '../conformance/transport-conformance.ts';
import { memoryTransport } from './memory-transport.ts';

describe('the memory transport', () => {
  transportConformance(() => memoryTransport());
});
