import { expect, it } from 'vitest';
import interval from '#triggers/interval.js';

it('is due at the first window that ends that many seconds after the last transfer, or later', () => {
  const due = [0, 59.999999, 60, 61].map((sinceS) =>
    interval.isDue({ changes: 1, total: 1, sinceS }, null, { everyS: 60 }),
  );
  expect(due).toEqual([false, false, true, true]);
});
