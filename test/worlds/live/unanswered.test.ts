import { expect, it } from 'vitest';
import { tinyConfig } from '../tiny-config.ts';
import { InProcessLiveWorld } from './in-process-live-world.ts';

const open = (answerS: number, mostHeldBytes = 2 ** 26) =>
  InProcessLiveWorld.open(
    tinyConfig({
      training: { maximumTimeS: 10_000, learningRate: 0.01 },
      world: 'live',
      live: { speed: 20, answerS },
    }),
    { mostHeldBytes },
  );

async function comes(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Ends that run when the first process is lost and a round has ended after that; why it was lost. */
async function whyLost(live: InProcessLiveWorld, misbehave: () => void): Promise<string> {
  const ended = live.run();
  await live.until(({ type }) => type === 'round-ended');
  misbehave();
  const lost = () => live.lines.find((line) => line.type === 'process-lost');
  await comes(() => lost() !== undefined);
  const { length } = live.simulated;
  await live.until(({ type }) => type === 'round-ended', length);
  live.coordinator.end('stopped');
  await ended;
  expect(live.record.violations).toEqual([]);
  expect(lost()!.slot).toBe(0);
  return lost()!.why;
}

it('a process that holds the clock and never releases it is lost, and the clock goes on', async () => {
  const live = await open(1);
  const why = await whyLost(live, () => live.say(0, { type: 'hold' }));
  expect(why).toMatch(/^the release of hold \d+ did not come for 1 s \(live\.answerS\)$/);
});

it('a process that announces facts and never delivers them is lost, and the journal goes on', async () => {
  const live = await open(1);
  const event = {
    type: 'updated',
    server: 'cloud',
    round: 1,
    version: 1,
    gradients: 0,
    learningRate: 1,
  };
  const items = [{ type: 'record', event, late: 1e6 }];
  const why = await whyLost(live, () => live.say(0, { type: 'report', timeUs: 0, items }));
  expect(why).toBe('facts of its event 1000000 did not come for 1 s (live.answerS)');
});

it('what waits in the journal for facts that do not come is bounded in bytes', async () => {
  const live = await open(600, 10_000);
  const updated = {
    type: 'updated',
    server: 'cloud',
    round: 1,
    version: 1,
    gradients: 0,
    learningRate: 1,
  };
  const event = {
    type: 'message-lost',
    from: 'left',
    to: 'worker-1',
    what: 'theta',
    reason: 'link',
  };
  const items = Array.from({ length: 100 }, () => ({ type: 'record', event, late: null }));
  const why = await whyLost(live, () => {
    live.say(0, {
      type: 'report',
      timeUs: 0,
      items: [{ type: 'record', event: updated, late: 1e6 }],
    });
    // The process whose events wait is not the one that is to blame.
    for (let each = 0; each < 4; each += 1)
      live.say(live.slotOf('left'), { type: 'report', timeUs: 0, items });
  });
  expect(why).toMatch(/^\d+ bytes of the journal wait for its facts$/);
});
