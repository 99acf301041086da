import fc from 'fast-check';
import { expect, it } from 'vitest';
import { slotsFor, ThetaSlots } from '#src/worlds/computing/theta-slots.js';

const MOST_TASKS = 12;

it('keeps what tasks in flight need in its slot, and no more slots than there may be', () => {
  // A task begins on some parameters, or the oldest one in flight ends.
  const step = fc.oneof(fc.nat({ max: 30 }), fc.constant('ends' as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const slots = new ThetaSlots();
      const inFlight: { theta: number; slot: number }[] = [];
      /** Parameters that the agent has, by slot. */
      const there = new Map<number, number>();
      for (const what of steps) {
        if (what === 'ends' || inFlight.length === MOST_TASKS) {
          const ended = inFlight.shift();
          if (ended) slots.release(ended.theta);
          continue;
        }
        const { slot, isNew } = slots.take(what);
        expect(slot).toBeLessThan(slotsFor(MOST_TASKS));
        if (isNew) there.set(slot, what);
        inFlight.push({ theta: what, slot });
        for (const each of inFlight) expect(there.get(each.slot)).toBe(each.theta);
      }
    }),
  );
});

it('sends the same parameters once, and once more when eight others were used since', () => {
  const slots = new ThetaSlots();
  const use = (theta: number) => {
    const { isNew } = slots.take(theta);
    slots.release(theta);
    return isNew;
  };
  expect([use(0), use(0), use(1), use(0)]).toEqual([true, false, true, false]);
  for (let other = 1; other <= 7; other += 1) use(other);
  expect(use(0)).toBe(false);
  for (let other = 1; other <= 8; other += 1) use(other);
  expect(use(0)).toBe(true);
});
