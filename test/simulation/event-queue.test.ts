import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyQueue,
  nextEntry,
  type QueueState,
  schedule,
  takeAll,
  takeNext,
} from '#src/simulation/event-queue.js';

/** Few different times, so that many are equal; `null` takes an event out. */
const operations = fc.array(fc.option(fc.integer({ min: 0, max: 20 }), { freq: 3 }), {
  maxLength: 200,
});

function drained<Event>(queue: QueueState<Event>): Event[] {
  const events: Event[] = [];
  for (let entry = takeNext(queue); entry; entry = takeNext(queue)) events.push(entry.event);
  return events;
}

describe('the event queue', () => {
  it('gives events by time, then by priority, then in the order in which they were scheduled', () => {
    fc.assert(
      fc.property(operations, fc.integer({ min: 1, max: 4 }), (steps, priorities) => {
        const queue = emptyQueue<number>();
        // The reference: a stable sort of all that is waiting.
        type Waiting = { timeUs: number; priority: number; event: number };
        const inOrder = (a: Waiting, b: Waiting) => a.timeUs - b.timeUs || a.priority - b.priority;
        let waiting: Waiting[] = [];
        for (const [event, timeUs] of steps.entries()) {
          if (timeUs === null) {
            waiting = waiting.toSorted(inOrder);
            expect(takeNext(queue)?.event).toBe(waiting.shift()?.event);
          } else {
            const priority = ((event * 7) % priorities) - 1;
            schedule(queue, timeUs, event, priority);
            waiting.push({ timeUs, priority, event });
          }
        }
        const rest = waiting.toSorted(inOrder);
        expect(drained(queue)).toEqual(rest.map(({ event }) => event));
      }),
    );
  });

  it('gives up all events of a kind in their order, and keeps the others in theirs', () => {
    fc.assert(
      fc.property(operations, fc.integer({ min: 2, max: 4 }), (steps, divisor) => {
        const isSuch = (event: number) => event % divisor === 0;
        const fill = () => {
          const queue = emptyQueue<number>();
          for (const [event, timeUs] of steps.entries()) {
            if (timeUs !== null) schedule(queue, timeUs, event);
          }
          return queue;
        };
        const inOrder = drained(fill());
        const queue = fill();
        const taken = takeAll(queue, isSuch).map(({ event }) => event);
        expect(taken).toEqual(inOrder.filter(isSuch));
        expect(drained(queue)).toEqual(inOrder.filter((event) => !isSuch(event)));
      }),
    );
  });

  it('shows the next event without taking it', () => {
    const queue = emptyQueue<string>();
    expect(nextEntry(queue)).toBeUndefined();
    schedule(queue, 5, 'later');
    schedule(queue, 3, 'sooner');
    expect(nextEntry(queue)).toEqual({ timeUs: 3, priority: 0, sequence: 1, event: 'sooner' });
    expect(takeNext(queue)?.event).toBe('sooner');
    expect(nextEntry(queue)?.event).toBe('later');
  });

  it('goes on alike from a structured clone and from a serialised copy of its state', () => {
    fc.assert(
      fc.property(operations, operations, (before, after) => {
        const queue = emptyQueue<number>();
        const apply = (target: QueueState<number>, steps: (number | null)[]) =>
          steps.map((timeUs, event) =>
            timeUs === null ? takeNext(target) : schedule(target, timeUs, event),
          );
        apply(queue, before);
        const clone = structuredClone(queue);
        const read = deserialize(serialize(queue)) as QueueState<number>;
        const taken = apply(queue, after);
        expect(apply(clone, after)).toEqual(taken);
        expect(apply(read, after)).toEqual(taken);
        expect(drained(clone)).toEqual(drained(queue));
      }),
    );
  });
});
