import { describe, expect, it } from 'vitest';
import type { SimulatedEvent } from '#src/journal/events.js';
import type { MobilityEvent } from '#src/mobility/contacts.js';
import {
  MobilityBroadcaster,
  type MovementEvent,
  type MovementState,
} from '#src/worlds/live/coordinator/mobility-broadcaster.js';
import type { ProcessTable } from '#src/worlds/live/coordinator/process-table.js';
import type { Movement } from '#src/worlds/live/protocol/movement-message.js';

const workers = ['a', 'b', 'c'];
const leftUs = 51_000_000;

/** All enter at the start; all leave at one microsecond, as at a trace's end. */
const trace = [...workers.map(of('enter-map', 0)), ...workers.map(of('leave-map', leftUs))];

function of(type: 'enter-map' | 'leave-map', timeUs: number): (worker: string) => MobilityEvent {
  return (worker) => ({ timeUs, type, worker, entity: worker, kind: 'car' });
}

/** One whose processes are all there and hear nothing; with what it schedules and records. */
function broadcaster(nowUs: number, saved?: MovementState) {
  const scheduled: Movement[] = [];
  const recorded: SimulatedEvent[] = [];
  const processes = { isThere: () => true, slotOf: () => 0, isReady: () => false, send: () => {} };
  const movements = new MobilityBroadcaster(
    {
      settings: { servers: [], attackers: new Map(), workers, seed: 1 } as never,
      mobility: (repetition) => (repetition === 0 ? trace : null),
      processes: processes as unknown as ProcessTable,
      speed: 1,
      nowUs: () => nowUs,
      schedule: (_, event: MovementEvent) => {
        if (event.type === 'movement') scheduled.push(event.movement);
      },
      record: (event) => recorded.push(event),
      serverOf: (server) => server,
      contactEnds: () => {},
    },
    saved,
  );
  return { movements, scheduled, recorded };
}

describe('the movements of a live run', () => {
  it.each([3, 4, 5, 6])('go on after the first %i of six, in a microsecond too', (count) => {
    const before = broadcaster(leftUs);
    before.movements.begin();
    before.movements.lookAhead();
    expect(before.scheduled).toHaveLength(6);
    for (const movement of before.scheduled.slice(0, count))
      before.movements.happens(movement, movement.timeUs);
    const state = before.movements.save(leftUs);

    const after = broadcaster(leftUs, state);
    after.movements.goOn(leftUs);
    expect(after.recorded).toEqual([]);
    after.movements.lookAhead();
    for (const movement of after.scheduled) after.movements.happens(movement, movement.timeUs);
    const all = [...before.recorded, ...after.recorded];
    expect(all.map((event) => `${event.type} ${'worker' in event ? event.worker : ''}`)).toEqual(
      trace.map(({ type, worker }) => `${type} ${worker}`),
    );
  });
});
