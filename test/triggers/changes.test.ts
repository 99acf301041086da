import { expect, it } from 'vitest';
import changes from '#triggers/changes.js';

it('is due from the third window after the last transfer on, for a count of 3', () => {
  const due = [1, 2, 3, 4].map((since) =>
    changes.isDue({ changes: since, total: 10 + since, sinceS: 1 }, null, { count: 3 }),
  );
  expect(due).toEqual([false, false, true, true]);
});
