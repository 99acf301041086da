import { expect, it } from 'vitest';
import { compose } from '#src/compose/compose.js';
import type { Message } from '#src/nodes/messages.js';
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
    ...{ settings, clock, compute: 'modelled', shapesLinks: false, numbers: { first: 0, step: 1 } },
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

it('has a message wait for those before it on its link where links are shaped', async () => {
  const { settings } = await compose(
    tinyConfig({ layers: { edge: { link: { bandwidthMbps: 0.008, latencyMs: 5 } } } }),
  );
  const clock = new LiveClock(() => 0, 1);
  const sent: { sentUs: number; plainUs: number }[] = [];
  const context = new LiveContext({
    ...{ settings, clock, compute: 'measured', shapesLinks: true, numbers: { first: 0, step: 1 } },
    values: { keep: () => {} } as unknown as ValueStore,
    post: ({ sentUs, plainUs }) => void sent.push({ sentUs, plainUs }),
  } as Partial<ProcessServices> as ProcessServices);
  clock.run();
  const result = { type: 'result', round: 1, result: 1, value: 1, gradients: 1, version: 0 };
  for (const _ of [1, 2]) context.send('left', 'cloud', result as unknown as Message);
  // 75 parameters are 300 bytes, 1 ms each at 1 000 bytes a second; 1 500 bytes pass at once.
  for (const _ of [3, 4, 5, 6]) context.send('left', 'cloud', result as unknown as Message);
  expect(sent).toEqual([
    ...[1, 2, 3, 4, 5].map(() => ({ sentUs: 0, plainUs: 5000 })),
    { sentUs: 0, plainUs: 305_000 },
  ]);
  context.send('left', 'cloud', result as unknown as Message);
  expect(sent.at(-1)).toEqual({ sentUs: 300_000, plainUs: 305_000 });
});
