import { expect, it } from 'vitest';
import { compose } from '#src/compose/compose.js';
import type { ValueStore } from '#src/worlds/computing/value-store.js';
import { LiveContext, type ProcessServices } from '#src/worlds/live/process/live-context.js';
import { LiveClock } from '#src/worlds/live/protocol/live-clock.js';
import { tinyConfig } from '../tiny-config.ts';

it('counts what follows from an event from the time of the event, and all else from now', async () => {
  const { settings } = await compose(tinyConfig());
  let wallUs = 0;
  const clock = new LiveClock(() => wallUs, 1);
  const scheduled: number[] = [];
  const sent: number[] = [];
  const context = new LiveContext({
    ...{ settings, clock, compute: 'modelled', numbers: { first: 0, step: 1 } },
    values: {} as ValueStore,
    schedule: (timeUs) => void scheduled.push(timeUs),
    post: ({ sentUs }) => void sent.push(sentUs),
  } as Partial<ProcessServices> as ProcessServices);
  const timer = { kind: 'deadline', round: 1 } as const;
  const act = () => {
    context.after('left', 100, timer);
    context.send('left', 'cloud', { type: 'no-result', round: 1 });
  };
  clock.run();
  wallUs = 1007;
  context.during(1000, act);
  act();
  expect(scheduled).toEqual([1100, 1107]);
  expect(sent).toEqual([1000, 1007]);
  expect(() =>
    context.during(1000, () => {
      throw new Error('fails');
    }),
  ).toThrow('fails');
  expect(context.nowUs).toBe(1007);
});
