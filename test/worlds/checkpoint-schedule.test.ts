import { expect, it } from 'vitest';
import { CheckpointSchedule } from '#src/worlds/checkpoint-schedule.js';

it('takes one after a number of rounds, whatever the time', () => {
  let nowUs = 0;
  const schedule = new CheckpointSchedule(4, 10, () => nowUs);
  nowUs = 1000e6;
  expect(schedule.isDue(13)).toBe(false);
  expect(schedule.isDue(14)).toBe(true);
  schedule.begin(14);
  nowUs = 2000e6;
  schedule.end();
  expect(schedule.isDue(17)).toBe(false);
  expect(schedule.isDue(18)).toBe(true);
});

it('without a number of rounds, one after five seconds, whatever the rounds', () => {
  let nowUs = 100e6;
  const schedule = new CheckpointSchedule(null, 0, () => nowUs);
  nowUs = 104.9e6;
  expect(schedule.isDue(1_000_000)).toBe(false);
  nowUs = 105e6;
  expect(schedule.isDue(0)).toBe(true);
  schedule.begin(0);
  nowUs = 105.1e6;
  schedule.end();
  nowUs = 110e6;
  expect(schedule.isDue(1)).toBe(false);
  nowUs = 110.1e6;
  expect(schedule.isDue(1)).toBe(true);
});

it('rests longer after one that took long: they take a twentieth of the time at most', () => {
  let nowUs = 0;
  const schedule = new CheckpointSchedule(null, 0, () => nowUs);
  nowUs = 5e6;
  schedule.begin(1);
  nowUs = 8e6;
  expect(schedule.isDue(2)).toBe(false);
  schedule.end();
  nowUs = 67.9e6;
  expect(schedule.isDue(3)).toBe(false);
  nowUs = 68e6;
  expect(schedule.isDue(3)).toBe(true);
});
