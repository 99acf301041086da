import { expect, it } from 'vitest';
import afterPush from '#triggers/after-push.js';

it('is due where the node sends at this moment, however long that took', () => {
  const moment = { changes: 5, total: 9, sinceS: 60 };
  expect(afterPush.isDue({ ...moment, sends: true }, null, {})).toBe(true);
  expect(afterPush.isDue({ ...moment, sends: false }, null, {})).toBe(false);
  // Of a push nothing is said.
  expect(afterPush.isDue(moment, null, {})).toBe(false);
});
