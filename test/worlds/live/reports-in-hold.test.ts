import { expect, it } from 'vitest';
import { ProcessMessages } from '#src/worlds/live/coordinator/process-messages.js';
import type { ProcessHandle } from '#src/worlds/live/coordinator/process-table.js';
import { LiveClock } from '#src/worlds/live/protocol/live-clock.js';

const SPEED = 10;
/** Of the hold that is under way. */
const CHANGE = 2;

/**
 * The time of the journal when a process's report is recorded that came 50 us after the clock was held at 1000 us;
 * before it, negative, the time until which events that wait have happened.
 */
function recordedAt({ heldAt, timeUs }: { heldAt: number; timeUs: number }): number[] {
  let wallUs = 0;
  const clock = new LiveClock(() => wallUs, SPEED);
  clock.run();
  wallUs = 100;
  clock.hold();
  wallUs = 150;
  const times: number[] = [];
  const messages = new ProcessMessages({
    run: { status: { isClosed: false } },
    checks: { report: () => {} },
    queue: { runDue: () => {}, runReached: () => times.push(-clock.nowUs) },
    recorder: { take: () => times.push(clock.nowUs), heldBack: null },
    holds: { changes: CHANGE },
    parts: { clock },
  } as never);
  const process = { isLost: false, silence: { heard: () => {} }, heldAt };
  const event = { type: 'message-lost', from: 'a', to: 'b', what: 'theta', reason: 'link' };
  messages.receive(process as unknown as ProcessHandle, {
    header: { type: 'report', timeUs, items: [{ type: 'record', event, late: null }] },
    body: null,
  });
  return times;
}

it('what a process has recorded before it hears of a hold has the time of its clock', () => {
  expect(recordedAt({ heldAt: 1, timeUs: 1230 })).toEqual([-1230, 1230]);
});

it('no report takes the journal further than the clock would have come, or back', () => {
  expect(recordedAt({ heldAt: 1, timeUs: 1e12 })).toEqual([-1500, 1500]);
  expect(recordedAt({ heldAt: 1, timeUs: 0 })).toEqual([-1000, 1000]);
});

it('a process that has said that it is held goes on no more', () => {
  expect(recordedAt({ heldAt: CHANGE, timeUs: 1230 })).toEqual([1000]);
});
