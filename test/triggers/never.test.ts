import { expect, it } from 'vitest';
import never from '#triggers/never.js';

it('is not due after any number of windows', () => {
  expect(never.isDue({ changes: 1e6, total: 1e6, sinceS: 1e6 }, null, {})).toBe(false);
});
