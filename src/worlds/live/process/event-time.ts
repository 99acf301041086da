import type { TimeUs } from '../../../simulation/time.ts';
import type { LiveClock } from '../protocol/live-clock.ts';
import type { NodeProcessEvent } from './node-process-parts.ts';

/** Events up to this late are handled as of their scheduled time: timers are no more exact. */
const MADE_UP_MS = 10;

/** The simulation time at which an event that was scheduled for `timeUs` happens. */
export function handledAtUs(event: NodeProcessEvent, timeUs: TimeUs, clock: LiveClock): TimeUs {
  // Workers that are there when the run begins are there from its begin.
  const isFirst = event.type === 'movement' && timeUs === 0;
  const isLate = clock.untilMs(timeUs) < -MADE_UP_MS && !isFirst;
  return isLate ? clock.nowUs : timeUs;
}
