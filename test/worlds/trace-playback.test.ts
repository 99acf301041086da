import { expect, test } from 'vitest';
import type { MobilityEvent, MovementList } from '../../src/mobility/contacts.ts';
import { TracePlayback } from '../../src/worlds/trace-playback.ts';

const SPAN_US = 1_000_000;

function leavesServer(timeUs: number, worker: string): MobilityEvent {
  return { type: 'associate', timeUs, worker, server: null, contact: null };
}

function leavesMap(timeUs: number, worker: string): MobilityEvent {
  return { type: 'leave-map', timeUs, worker, entity: worker, kind: 'car' };
}

function playback(movementsOf: (repetition: number) => MobilityEvent[] | null): TracePlayback {
  return new TracePlayback(movementsOf, { repetition: 0, cursor: 0 }, null);
}

/** The reasons of all departures, in their order. */
function reasons(trace: TracePlayback): string[] {
  const found: string[] = [];
  for (let next = trace.next; next !== undefined; next = trace.next) {
    if (next.type === 'associate') found.push(`${next.worker} ${trace.reasonToLeave()}`);
    trace.pass();
  }
  return found;
}

test('a worker leaves its server for the map only when that movement is still to come at the same time', () => {
  const trace = playback((repetition) =>
    repetition > 0
      ? null
      : [
          leavesServer(0, 'a'),
          leavesMap(5, 'a'),
          leavesServer(5, 'b'),
          // Its slot is lent to another entity in the same instant, which then leaves the range only.
          leavesMap(5, 'b'),
          leavesServer(5, 'b'),
          leavesServer(5, 'c'),
          leavesMap(6, 'c'),
        ],
  );
  expect(reasons(trace)).toEqual(['a left-range', 'b left-map', 'b left-range', 'c left-range']);
});

test('the end of one repetition and the beginning of the next are two instants, at equal times', () => {
  const trace = playback((repetition) => {
    const startUs = repetition * SPAN_US;
    if (repetition === 0) return [leavesServer(SPAN_US, 'a')];
    return repetition === 1 ? [leavesServer(startUs, 'b'), leavesMap(startUs, 'b')] : null;
  });
  expect(reasons(trace)).toEqual(['a left-range', 'b left-map']);
});

test('when all workers leave at once, each movement is looked at a few times', () => {
  const workers = Array.from({ length: 1000 }, (_, index) => `worker-${index}`);
  const events = [
    ...workers.map((worker) => leavesServer(7, worker)),
    ...workers.map((worker) => leavesMap(7, worker)),
  ];
  let looks = 0;
  const counted: MovementList = {
    length: events.length,
    at: (index) => {
      looks += 1;
      return events[index];
    },
  };
  const trace = new TracePlayback(
    (repetition) => (repetition === 0 ? counted : null),
    { repetition: 0, cursor: 0 },
    null,
  );
  expect(reasons(trace)).toEqual(workers.map((worker) => `${worker} left-map`));
  expect(looks).toBeLessThan(10 * events.length);
});
