import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Coverage } from '#src/mobility/coverage.js';
import { PackedSamples } from '#src/mobility/packed-samples.js';
import { disc } from '#src/mobility/radio/disc.js';
import type { SampledWay } from '#src/mobility/sampled-way.js';
import { loadTrace } from '#src/mobility/trace.js';
import { fcd, file } from './files.ts';
import { waysOf } from './ways.ts';

const wayOf = (samples: readonly (readonly [timeUs: number, x: number, y: number])[]) => ({
  timesUs: Float64Array.from(samples, ([timeUs]) => timeUs),
  x: Float64Array.from(samples, ([, x]) => x),
  y: Float64Array.from(samples, ([, , y]) => y),
});
/** Minus zero and each NaN are numbers of their own here. */
const bits = ({ timesUs, x, y }: SampledWay) =>
  [timesUs, x, y].map((values) => Buffer.from(Float64Array.from(values).buffer).toString('hex'));

const hundredths = fc.integer({ min: -5_000_000, max: 5_000_000 }).map((cm) => cm / 100);
const coordinate = fc.oneof(
  hundredths,
  // Steps of one, two and four bytes.
  fc.integer({ min: -200, max: 200 }).map((cm) => cm / 100),
  fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }).map((cm) => cm / 100),
  // Degrees with six decimals, and whatever a projection makes of them.
  fc.integer({ min: -180_000_000, max: 180_000_000 }).map((part) => part / 1e6),
  fc.double(),
  fc.constantFrom(0, -0, 1e300, Number.POSITIVE_INFINITY, Number.NaN),
);
const timeUs = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });

test('samples come back bit for bit, whatever they are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(timeUs, coordinate, coordinate), { maxLength: 60 }),
      (samples) => {
        const way = wayOf(samples);
        const packed = PackedSamples.of(way);
        expect(bits(packed.unpacked())).toEqual(bits(way));
        expect([packed.length, packed.firstUs, packed.lastUs]).toEqual([
          samples.length,
          samples[0]?.[0] ?? Number.NaN,
          samples.at(-1)?.[0] ?? Number.NaN,
        ]);
        // Samples unpacked before are not changed by more of them.
        const before = packed.unpacked();
        packed.push(7, 8, 9);
        expect(bits(before)).toEqual(bits(way));
      },
    ),
  );
});

/** A walk of two decimals, as SUMO writes it; null: not on the map in that second. */
const walk = fc.array(fc.option(fc.tuple(hundredths, hundredths), { freq: 4, nil: null }), {
  minLength: 2,
  maxLength: 40,
});

test('a trace has the contacts of the positions in its file, over gaps and returns', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(walk, { minLength: 1, maxLength: 4 }), async (walks) => {
      fc.pre(walks.some((steps) => steps.some((step) => step !== null)));
      const seconds = Math.max(...walks.map(({ length }) => length));
      const text = Array.from({ length: seconds }, (_, s) => {
        const rows = walks.map((steps, i) =>
          steps[s] ? `<vehicle id="v${i}" x="${steps[s][0]}" y="${steps[s][1]}"/>` : '',
        );
        return `<timestep time="${s}">${rows.join('')}</timestep>`;
      });
      const sites = [0, 1, 2].map((i) => {
        return { server: `s${i}`, xM: 9000 * i - 9000, yM: 5000 * i, rangeM: 20_000 };
      });
      const contacts = (way: SampledWay, entity: string) => {
        const presence = { entity, kind: 'car' as const, ...way };
        return new Coverage(sites, disc).contacts(presence).map((one) => ({ entity, ...one }));
      };
      // Written apart from the code: unbroken seconds are a presence, a single one stands for a second.
      const expected = walks.flatMap((steps, i) => {
        const parts: [number, number, number][][] = [[]];
        for (const [s, step] of steps.entries()) {
          if (step === null) parts.push([]);
          else parts.at(-1)!.push([s * 1e6, ...step]);
        }
        return parts
          .filter(({ length }) => length > 0)
          .map((part) => {
            const [[since, x, y]] = part as [[number, number, number]];
            return part.length === 1
              ? [...part, [since + 1e6, x, y] as [number, number, number]]
              : part;
          })
          .flatMap((part) => contacts(wayOf(part), `v${i}`));
      });
      const trace = await loadTrace(file(fcd(text.join('\n'))), {
        maximumGapS: 1,
        maximumSpeedMps: 1e9,
      });
      const found = waysOf(trace).flatMap((way) => contacts(way, way.entity));
      const inOrder = (list: typeof found) => list.map((one) => JSON.stringify(one)).sort();
      // The first second may be empty, and times count from the first that is in the file.
      expect(inOrder(found)).toEqual(inOrder(expected));
    }),
    { numRuns: 30 },
  );
});
