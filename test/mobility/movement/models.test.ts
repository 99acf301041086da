import { describe, expect, test } from 'vitest';
import { movementModels } from '#src/mobility/movement/models/index.js';
import { movingBy } from '#src/mobility/movement/moving.js';
import type { Trace } from '#src/mobility/trace.js';
import { parseOptions } from '#src/rules/running/load.js';
import { waysOf } from '../ways.ts';

const COUNT = 20_000;

function moving(
  name: string,
  given: Record<string, unknown>,
  durationS: number,
  count = COUNT,
): Trace {
  const rule = movementModels.find((model) => model.name === name)!;
  const entities = { count, kind: 'car', durationS } as const;
  return movingBy({ rule, options: parseOptions(rule, given) }, entities, 1);
}

/** Where everyone is at a time, and how fast. */
function statesAt(ways: ReturnType<typeof waysOf>, timeS: number) {
  return ways.map(({ timesUs, x, y }) => {
    const at = timeS * 1e6;
    const next = timesUs.findIndex((time) => time > at);
    const lengthUs = timesUs[next]! - timesUs[next - 1]!;
    const gone = (at - timesUs[next - 1]!) / lengthUs;
    const [dx, dy] = [x[next]! - x[next - 1]!, y[next]! - y[next - 1]!];
    return {
      x: x[next - 1]! + gone * dx,
      y: y[next - 1]! + gone * dy,
      speedMps: (Math.hypot(dx, dy) * 1e6) / lengthUs,
      dx,
      dy,
    };
  });
}

/**
 * Pearson's statistic of counts against shares, as standard deviations above its mean: with k cells
 * and the right shares it has the mean k - 1 and the variance 2 (k - 1).
 */
function excess(counts: readonly number[], shares: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const statistic = counts.reduce((sum, count, cell) => {
    const expected = total * shares[cell]!;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  const freedom = counts.length - 1;
  return (statistic - freedom) / Math.sqrt(2 * freedom);
}

function countsIn(cells: number, values: readonly number[]): number[] {
  const counts = new Array<number>(cells).fill(0);
  for (const value of values) counts[Math.min(cells - 1, Math.floor(value))]!++;
  return counts;
}

describe('random waypoint', () => {
  const [widthM, heightM] = [300, 200];
  const [slow, fast] = [2, 20];
  const area = { widthM, heightM, minimumSpeedMps: slow, maximumSpeedMps: fast };

  /** How far it is to the edge of the area from (x, y) in a direction. */
  function toEdgeM(x: number, y: number, angle: number): number {
    const [right, up] = [Math.cos(angle), Math.sin(angle)];
    const alongX = right > 0 ? (widthM - x) / right : -x / right;
    const alongY = up > 0 ? (heightM - y) / up : -y / up;
    return Math.min(alongX, alongY);
  }

  /**
   * Density of those on their way: Hyytiä, Lassila and Virtamo, Spatial node distribution of the
   * random waypoint mobility model, IEEE Trans. Mobile Computing 5(6), 2006: in proportion to the
   * integral over all directions of a1 a2 (a1 + a2), the distances to the edge ahead and behind.
   */
  function shareOfCells(columns: number, rows: number): number[] {
    const [steps, angles] = [8, 180];
    const cells = Array.from({ length: columns * rows }, (_, cell) => {
      let sum = 0;
      for (let i = 0; i < steps; i++) {
        for (let j = 0; j < steps; j++) {
          const x = (((cell % columns) + (i + 0.5) / steps) * widthM) / columns;
          const y = ((Math.floor(cell / columns) + (j + 0.5) / steps) * heightM) / rows;
          for (let k = 0; k < angles; k++) {
            const angle = ((k + 0.5) * Math.PI) / angles;
            const [a1, a2] = [toEdgeM(x, y, angle), toEdgeM(x, y, angle + Math.PI)];
            sum += a1 * a2 * (a1 + a2);
          }
        }
      }
      return sum;
    });
    const total = cells.reduce((sum, each) => sum + each, 0);
    return cells.map((each) => each / total);
  }

  const [columns, rows] = [6, 4];
  const cellOf = ({ x, y }: { x: number; y: number }) =>
    Math.min(rows - 1, Math.floor((y * rows) / heightM)) * columns +
    Math.min(columns - 1, Math.floor((x * columns) / widthM));
  const ways = waysOf(moving('random-waypoint', area, 400));

  test.each([0, 13, 399])('has the stationary density of places at %d s', (timeS) => {
    const counts = countsIn(columns * rows, statesAt(ways, timeS).map(cellOf));
    const shares = shareOfCells(columns, rows);
    expect(Math.abs(excess(counts, shares))).toBeLessThan(4);
    // Uniform places, as a start that is not stationary has, are far off.
    expect(
      excess(
        counts,
        shares.map(() => 1 / shares.length),
      ),
    ).toBeGreaterThan(100);
  });

  test.each([0, 13, 399])('has a density of speeds in proportion to 1 / v at %d s', (timeS) => {
    // P(V < v) = ln(v / slow) / ln(fast / slow): ten cells of the same share.
    const speeds = statesAt(ways, timeS).map(
      ({ speedMps }) => (10 * Math.log(speedMps / slow)) / Math.log(fast / slow),
    );
    expect(excess(countsIn(10, speeds), new Array(10).fill(0.1))).toBeLessThan(4);
  });

  const withPauses = waysOf(
    moving('random-waypoint', { ...area, minimumPauseS: 0, maximumPauseS: 60 }, 400),
  );

  test.each([0, 50, 399])('pauses for its share of the time, anywhere, at %d s', (timeS) => {
    const states = statesAt(withPauses, timeS);
    const pausing = states.filter(({ speedMps }) => speedMps === 0);
    // Mean distance of two uniform places, by a sum over a fine grid of differences: of a side w the
    // difference u has the density 2 (w - u) / w^2.
    let meanM = 0;
    const n = 400;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const [u, v] = [(i + 0.5) / n, (j + 0.5) / n];
        meanM += (Math.hypot(u * widthM, v * heightM) * 4 * (1 - u) * (1 - v)) / (n * n);
      }
    }
    const tripS = (meanM * Math.log(fast / slow)) / (fast - slow);
    const share = 30 / (30 + tripS);
    const deviation = Math.sqrt(share * (1 - share) * COUNT);
    expect(Math.abs(pausing.length - share * COUNT)).toBeLessThan(4 * deviation);
    const counts = countsIn(columns * rows, pausing.map(cellOf));
    expect(
      excess(
        counts,
        counts.map(() => 1 / counts.length),
      ),
    ).toBeLessThan(4);
  });

  test('ends a first pause as the residual time of a uniform one', () => {
    // Of a uniform pause up to b the residual time has the density 2 (b - t) / b^2: equal shares at
    // t = b (1 - sqrt(1 - q)).
    const left = withPauses.flatMap(({ timesUs, x, y }) =>
      x[0] === x[1] && y[0] === y[1] ? [timesUs[1]! / 1e6] : [],
    );
    const cells = left.map((t) => 10 * (1 - (1 - t / 60) ** 2));
    expect(excess(countsIn(10, cells), new Array(10).fill(0.1))).toBeLessThan(4);
  });
});

describe('manhattan grid', () => {
  const grid = { columns: 3, rows: 2, blockM: 100, minimumSpeedMps: 5, maximumSpeedMps: 10 };
  const ways = waysOf(moving('manhattan-grid', grid, 300));

  test.each([0, 17, 299])('has a uniform density on its streets at %d s', (timeS) => {
    const states = statesAt(ways, timeS);
    // Each stays on the lines of the grid.
    const offLines = states.map(({ x, y }) => {
      const [onColumn, onRow] = [Math.round(x / 100) * 100, Math.round(y / 100) * 100];
      return Math.min(Math.abs(x - onColumn), Math.abs(y - onRow));
    });
    expect(Math.max(...offLines)).toBeLessThan(1e-6);
    const streets = states.map(({ x, y, dx, dy }) => {
      const isAlongX = Math.abs(dy) < 1e-6;
      const back = dx + dy < 0 ? 1 : 0;
      // 3 x 3 streets along x, then 2 x 4 along y; each in two directions.
      const street = isAlongX
        ? Math.floor(x / 100) + 3 * Math.round(y / 100)
        : 9 + Math.floor(y / 100) + 2 * Math.round(x / 100);
      return 2 * street + back;
    });
    expect(excess(countsIn(34, streets), new Array(34).fill(1 / 34))).toBeLessThan(4);
    const along = states.map(({ x, y, dy }) => ((Math.abs(dy) < 1e-6 ? x : y) % 100) / 10);
    expect(excess(countsIn(10, along), new Array(10).fill(0.1))).toBeLessThan(4);
  });

  test('goes straight on at half of the crossings, and never back', () => {
    const choices = { straight: 0, left: 0, right: 0, back: 0 };
    for (const { x, y } of ways.slice(0, 3000)) {
      for (let i = 1; i + 2 < x.length; i++) {
        if (x[i] !== 100 && x[i] !== 200) continue;
        if (y[i] !== 100) continue;
        const [ax, ay, bx, by] = [
          x[i]! - x[i - 1]!,
          y[i]! - y[i - 1]!,
          x[i + 1]! - x[i]!,
          y[i + 1]! - y[i]!,
        ];
        const turn = ax * by - ay * bx;
        if (Math.abs(turn) < 1e-6) {
          if (ax * bx + ay * by <= 0) choices.back++;
          choices.straight++;
        } else choices[turn > 0 ? 'left' : 'right']++;
      }
    }
    expect(choices.back).toBe(0);
    const counts = [choices.straight, choices.left, choices.right];
    expect(excess(counts, [0.5, 0.25, 0.25])).toBeLessThan(4);
  });
});

describe('entities that a model moves', () => {
  test('keep their ways when there are more of them, and get others of another seed', () => {
    const few = moving('random-waypoint', {}, 100, 9);
    const more = moving('random-waypoint', {}, 100, 90);
    expect(few.presences[3]!.entity).toBe('car-4');
    expect(more.presences[3]!.entity).toBe('car-04');
    expect(waysOf(more)[3]!.x).toEqual(waysOf(few)[3]!.x);
    expect(few.presences.every(({ fromUs, toUs }) => fromUs === 0 && toUs === 100e6)).toBe(true);
  });

  test('end where the time is over, on their way', () => {
    const rule = {
      name: 'straight',
      summary: '',
      way: () => [
        { timeS: 0, xM: 0, yM: 0 },
        { timeS: 10, xM: 100, yM: 50 },
      ],
    };
    const entities = { count: 1, kind: 'car', durationS: 4 } as const;
    const trace = movingBy({ rule, options: {} }, entities, 1);
    expect(waysOf(trace).map(({ timesUs, x, y }) => [[...timesUs], [...x], [...y]])).toEqual([
      [
        [0, 4e6],
        [0, 40],
        [0, 20],
      ],
    ]);
    expect(trace.spanUs).toBe(4_000_001);
  });

  test.each([
    [[{ timeS: 0, xM: 0, yM: 0 }], 'gave a way without two waypoints in its time'],
    [
      [
        { timeS: 2, xM: 0, yM: 0 },
        { timeS: 1, xM: 0, yM: 0 },
      ],
      'movement model "own" gave a waypoint at 1 s, x 0, y 0',
    ],
    [[{ timeS: 0, xM: Number.NaN, yM: 0 }], 'gave a waypoint at 0 s, x NaN, y 0'],
  ])('are refused a way that is none: %j', (way, found) => {
    const rule = { name: 'own', summary: '', way: () => way };
    const entities = { count: 1, kind: 'car', durationS: 4 } as const;
    expect(() => movingBy({ rule, options: {} }, entities, 1)).toThrow(found);
  });

  test('are refused a way without an end, before it fills the memory', () => {
    const rule = {
      ...{ name: 'endless', summary: '' },
      *way() {
        for (let timeS = 0; ; timeS += 1e-9) yield { timeS, xM: 0, yM: 0 };
      },
    };
    const entities = { count: 3, kind: 'car', durationS: 4 } as const;
    expect(() => movingBy({ rule, options: {} }, entities, 1)).toThrow(
      'movement model "endless" gave car-1 more than 1000000 waypoints in 4 s',
    );
  });
});
