import { describe } from 'vitest';
import { tcp } from '#src/transport/tcp.js';
import { transportConformance } from '../conformance/transport-conformance.ts';

describe('the tcp transport', () => {
  transportConformance(() => tcp);
});
