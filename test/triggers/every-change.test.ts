import { expect, it } from 'vitest';
import everyChange from '#triggers/every-change.js';

it('is due after the first window, whenever that is', () => {
  expect(everyChange.isDue({ changes: 1, total: 1, sinceS: 0 }, null, {})).toBe(true);
});
