import { describe, expect, it } from 'vitest';
import { discTown, type Points, powerTown, staysOf, type Town, walkOf } from './association-rig.ts';

/** Between two equal sites 500 m apart: there at 10 m/s, and back. */
const thereAndBack: Points = [
  [0, 0, 0],
  [50, 500, 0],
  [100, 0, 0],
];
const twoEqual = () =>
  powerTown(
    [
      [0, 0, 23],
      [500, 0, 23],
    ],
    2,
  );
const handovers = (stays: ReturnType<typeof staysOf>) => stays.slice(1).map(({ fromUs }) => fromUs);

describe('a policy by power', () => {
  it('a3: enters at 292.7493 m and comes back 85.4987 m later, worked by hand', () => {
    // 20 log10(d1 / d2) = 3 and d1 + d2 = 500: d1 = 500 r / (1 + r), r = 10^(3/20).
    const ratio = 10 ** (3 / 20);
    const entryM = (500 * ratio) / (1 + ratio);
    expect(entryM).toBeCloseTo(292.7493, 4);
    const options = { offsetDb: 2, hysteresisDb: 1, timeToTriggerS: 0 };
    const [there, back] = handovers(staysOf(twoEqual(), walkOf(thereAndBack), 'a3', options));
    expect(there).toBe(Math.ceil(entryM * 1e5));
    expect(back).toBe(Math.ceil(50e6 + entryM * 1e5));
    const backAtM = 500 - (back! - 50e6) / 1e5;
    expect(there! / 1e5 - backAtM).toBeCloseTo(85.4987, 4);
  });

  it('a3: a time to trigger counts from the entry, and an entry that is left counts no more', () => {
    const options = { offsetDb: 2, hysteresisDb: 1, timeToTriggerS: 4.5 };
    const entryUs = handovers(
      staysOf(twoEqual(), walkOf(thereAndBack), 'a3', { ...options, timeToTriggerS: 0 }),
    )[0]!;
    const stays = staysOf(twoEqual(), walkOf(thereAndBack), 'a3', options);
    expect(handovers(stays)[0]).toBe(entryUs + 4_500_000);
    // A difference of 1 dB, at which it is left, is at 264.4 m: 0.7 s before 300 m and 3.6 s after it.
    const turning: Points = [
      [0, 0, 0],
      [30, 300, 0],
      [34, 260, 0],
      [60, 260, 0],
    ];
    expect(staysOf(twoEqual(), walkOf(turning), 'a3', options)).toHaveLength(1);
    expect(
      staysOf(twoEqual(), walkOf(turning), 'a3', { ...options, timeToTriggerS: 4 }),
    ).toHaveLength(2);
  });

  it('strongest: changes on the circle of Apollonius between unequal servers', () => {
    // 6 dB more are twice the distance with n = 2: over at 2/3 of the way, the far crossing is at 1000 m.
    const town = powerTown(
      [
        [0, 0, 23 + 20 * Math.log10(2)],
        [500, 0, 23],
      ],
      2,
    );
    const line: Points = [
      [0, 1, 0],
      [120, 1201, 0],
    ];
    const times = handovers(staysOf(town, walkOf(line), 'strongest'));
    expect(times).toHaveLength(2);
    expect(times[0]! / 1e5 + 1).toBeCloseTo(1000 / 3, 3);
    expect(times[1]! / 1e5 + 1).toBeCloseTo(1000, 3);
  });

  it('strongest: a worker on the line between two equal servers stays with one', () => {
    const along: Points = Array.from({ length: 50 }, (_, i) => [i, 250 + 1e-14 * (i % 3), 7 * i]);
    expect(staysOf(twoEqual(), walkOf(along), 'strongest')).toEqual([
      { server: 's0', fromUs: 0, toUs: 49e6 },
    ]);
  });

  it('sticky: keeps its server until the contact ends; minimum-stay: for its time', () => {
    const town = discTown([
      [0, 0],
      [100, 0],
    ]);
    const line: Points = [
      [0, 0, 0],
      [30, 300, 0],
    ];
    // In range of the first one up to 150 m, nearer to the second one from 50 m, out of it at 250 m.
    expect(staysOf(town, walkOf(line), 'sticky')).toEqual([
      { server: 's0', fromUs: 0, toUs: 15e6 },
      { server: 's1', fromUs: 15e6, toUs: 25e6 },
    ]);
    const stays = staysOf(town, walkOf(line), 'minimum-stay', { stayS: 7 });
    expect(stays).toEqual([
      { server: 's0', fromUs: 0, toUs: 7e6 },
      { server: 's1', fromUs: 7e6, toUs: 25e6 },
    ]);
    const short = handovers(staysOf(town, walkOf(line), 'minimum-stay', { stayS: 2 }));
    // The first microsecond in which the second one is nearer.
    expect(short[0]! - 5e6).toBeGreaterThan(0);
    expect(short[0]! - 5e6).toBeLessThan(3);
  });
});

/** A generator of its own: the same walks in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const STEP_S = 0.005;
const LENGTH_S = 40;

/** One step of a policy, by what holds at that time; `memory` is its own. */
type Step = (
  at: { timeS: number; strengths: Map<string, number>; current: string | null },
  memory: { sinceS: number; entered: Map<string, number> },
) => string;

function best(strengths: Map<string, number>, among = [...strengths.keys()]): string {
  return among.reduce((a, b) => (strengths.get(b)! > strengths.get(a)! ? b : a));
}

const steppers: Record<string, { options: object; step: Step }> = {
  strongest: {
    options: {},
    step: ({ strengths, current }) => {
      const first = best(strengths);
      return current !== null && strengths.get(current)! >= strengths.get(first)! ? current : first;
    },
  },
  sticky: { options: {}, step: ({ strengths, current }) => current ?? best(strengths) },
  'minimum-stay': {
    options: { stayS: 3 },
    step: ({ timeS, strengths, current }, { sinceS }) =>
      current !== null && timeS < sinceS + 3 ? current : best(strengths),
  },
  a3: {
    options: { offsetDb: 1.5, hysteresisDb: 0.5, timeToTriggerS: 0.7 },
    step: ({ timeS, strengths, current }, { entered }) => {
      if (current === null) return best(strengths);
      for (const [server, db] of strengths) {
        const more = db - strengths.get(current)!;
        if (more > 2 && server !== current && !entered.has(server)) entered.set(server, timeS);
      }
      for (const server of entered.keys()) {
        const db = strengths.get(server);
        if (db === undefined || db - strengths.get(current)! <= 1) entered.delete(server);
      }
      const due = [...entered].filter(([, sinceS]) => timeS >= sinceS + 0.7);
      return due.length === 0
        ? current
        : best(
            strengths,
            due.map(([server]) => server),
          );
    },
  },
};

/** At each step the server by brute force; null: none. */
function stepped(
  points: Points,
  strengthsAt: (x: number, y: number) => Map<string, number>,
  step: Step,
): (string | null)[] {
  const servers: (string | null)[] = [];
  let current: string | null = null;
  let memory = { sinceS: 0, entered: new Map<string, number>() };
  for (let k = 0; k * STEP_S < LENGTH_S; k += 1) {
    const timeS = k * STEP_S;
    const [x, y] = placeAt(points, timeS);
    const strengths = strengthsAt(x, y);
    if (current !== null && !strengths.has(current)) {
      current = null;
      memory = { sinceS: timeS, entered: new Map() };
    }
    const next: string | null =
      strengths.size === 0 ? null : step({ timeS, strengths, current }, memory);
    if (next !== current) memory = { sinceS: timeS, entered: new Map() };
    current = next;
    servers.push(current);
  }
  return servers;
}

function placeAt(points: Points, timeS: number): [number, number] {
  let after = 1;
  while (points[after]![0] <= timeS) after += 1;
  const [from, to] = [points[after - 1]!, points[after]!];
  const part = (timeS - from[0]) / (to[0] - from[0]);
  return [from[1] + part * (to[1] - from[1]), from[2] + part * (to[2] - from[2])];
}

describe('a policy on random walks is what a stepper of 5 ms makes of it', () => {
  const random = numbers(5);
  const within = (low: number, high: number) => low + (high - low) * random();
  const walks = Array.from(
    { length: 25 },
    (): Points =>
      Array.from({ length: 9 }, (_, i) => [5 * i, within(-200, 200), within(-200, 200)]),
  );
  const places = Array.from({ length: 4 }, () => [within(-150, 150), within(-150, 150)] as const);
  const powers = [14, 17, 20, 15];
  const exponent = 2.7;
  const lossAt1Db = 20 * Math.log10((4 * Math.PI * 5.9e9) / 299_792_458);
  /** By server what is received at the distance from it, where there is something. */
  const strengthsBy = (receivedDb: (distanceM: number, server: number) => number | null) => {
    return (x: number, y: number) => {
      const strengths = new Map<string, number>();
      for (let i = 0; i < places.length; i += 1) {
        const [atX, atY] = places[i]!;
        const db = receivedDb(Math.sqrt((x - atX) ** 2 + (y - atY) ** 2), i);
        if (db !== null) strengths.set(`s${i}`, db);
      }
      return strengths;
    };
  };
  const towns: [string, Town, (x: number, y: number) => Map<string, number>][] = [
    [
      'range',
      discTown(places),
      strengthsBy((distanceM) =>
        distanceM <= 150 ? -20 * Math.log10(Math.max(1, distanceM)) : null,
      ),
    ],
    [
      'log-distance',
      powerTown(
        places.map(([x, y], i) => [x, y, powers[i]!]),
        exponent,
      ),
      strengthsBy((distanceM, server) => {
        const lossDb = lossAt1Db + 10 * exponent * Math.log10(Math.max(1, distanceM));
        return powers[server]! - lossDb >= -86 ? powers[server]! - lossDb : null;
      }),
    ],
  ];
  const cases = towns.flatMap(([radio, ...town]) =>
    Object.keys(steppers).map((policy) => [policy, radio, ...town] as const),
  );
  it.each(cases)('%s by %s', (policy, _radio, town, strengthsAt) => {
    const { options, step } = steppers[policy]!;
    let changes = 0;
    for (const points of walks) {
      const stays = staysOf(town, walkOf(points), policy, options);
      const expected = stepped(points, strengthsAt, step);
      const serverAt = (timeUs: number) =>
        stays.find(({ fromUs, toUs }) => fromUs <= timeUs && timeUs < toUs)?.server ?? null;
      // A change comes up to a step late; timers begin late with it.
      const late = expected.filter((server, k) => serverAt(k * STEP_S * 1e6) !== server).length;
      expect(late).toBeLessThanOrEqual(3 * (stays.length + 1));
      changes += stays.length;
    }
    expect(changes).toBeGreaterThan(20);
  });
});
