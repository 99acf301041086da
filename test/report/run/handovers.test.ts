import { expect, test } from 'vitest';
import { HandoverTally, handoversCsv, isPingPong } from '#src/report/run/handovers.js';

const associations: [timeS: number, server: string | null][] = [
  [0, 'a'],
  [10, 'b'],
  [10.5, 'a'],
  [12, 'b'],
  [20, null],
  [20, 'a'],
  [21, 'c'],
];

function handovers() {
  const tally = new HandoverTally();
  return associations.flatMap(([timeS, server]) => {
    const others = { timeUs: timeS * 1e6 + 1, worker: 'other', server: 'c' };
    expect(tally.add(others)?.isBack ?? false).toBe(false);
    tally.add({ ...others, server: null });
    return tally.add({ timeUs: timeS * 1e6, worker: 'w', server }) ?? [];
  });
}

test('a handover has no gap, and goes back where the one before came from', () => {
  const found = handovers().map(({ timeUs, from, to, stayUs, isBack }) => [
    ...[timeUs / 1e6, `${from}>${to}`, stayUs / 1e6, isBack],
  ]);
  expect(found).toEqual([
    [10, 'a>b', 10, false],
    [10.5, 'b>a', 0.5, true],
    [12, 'a>b', 1.5, true],
    [21, 'a>c', 1, false],
  ]);
});

test('a ping-pong goes back within the time', () => {
  const count = (pingPongS: number) =>
    handovers().filter((each) => isPingPong(each, pingPongS)).length;
  expect([count(0.4), count(0.5), count(1), count(1.5)]).toEqual([0, 1, 1, 2]);
});

test('handovers.csv has a row for each', () => {
  expect(handoversCsv(handovers()).split('\n').slice(0, 3)).toEqual([
    ...['sim_time_s,worker,from,to,stay_s,back', '10,w,a,b,10,false', '10.5,w,b,a,0.5,true'],
  ]);
});
