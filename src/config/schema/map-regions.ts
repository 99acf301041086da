import { z } from 'zod';
import { atLeastOne, otherwise, positive } from './scalars.ts';

const labelWeights = z.record(z.string().regex(/^\d+$/), z.number().min(0));

const driftSchema = z
  .strictObject({
    change: z
      .enum(['step', 'linear'])
      .default('step')
      .describe('the mix changes at once at each time, or evenly from one time to the next'),
    mixes: z
      .array(
        z.strictObject({
          atS: positive.describe('seconds since the begin of the run, in rising order'),
          labels: labelWeights.describe('the weights from then on'),
        }),
      )
      .min(1),
  })
  .describe('how the mix of labels changes over time');

const common = {
  id: z.string().min(1).describe('its name in the CSV files'),
  labels: otherwise(
    'as data.partition deals the items to the regions',
    labelWeights.optional().describe('by label: its weight among the samples of the region'),
  ),
  drift: driftSchema.optional(),
};

const coordinate = z.number();

/** Whether some corner lies off the line through the first two different ones. */
function hasArea(corners: readonly (readonly [number, number])[]): boolean {
  const [[x0, y0]] = corners as [readonly [number, number]];
  const other = corners.find(([x, y]) => x !== x0 || y !== y0);
  if (other === undefined) return false;
  const [dx, dy] = [other[0] - x0, other[1] - y0];
  return corners.some(([x, y]) => dx * (y - y0) !== dy * (x - x0));
}

/** A part of the map with a mix of labels of its own. */
const mapRegionSchema = z.union([
  z.strictObject({
    ...common,
    polygon: z
      .array(z.tuple([coordinate, coordinate]))
      .min(3)
      .refine(hasArea, 'corners that do not lie on one line')
      .describe("corners [x, y] in metres of the trace's own frame, one after another (polygon)"),
  }),
  z.strictObject({
    ...common,
    cells: z
      .strictObject({
        sizeM: positive.describe('side of a cell of the grid in metres (cells)'),
        list: z
          .array(z.tuple([z.number().int(), z.number().int()]))
          .min(1)
          .describe(
            '[column, row] of each cell, from [0, 0] with its corner at the origin (cells)',
          ),
      })
      .describe('squares of a grid over the map (cells)'),
  }),
  z.strictObject({
    ...common,
    server: z.string().describe('id of a server with a site (server)'),
    within: z
      .enum(['range', 'nearest'])
      .default('range')
      .describe('where it is in range, or where no other server is nearer (server)'),
  }),
]);

export const mapRegionsSchema = z
  .array(mapRegionSchema)
  .min(1)
  .optional()
  .describe(
    'instead of owners: parts of the map in which workers collect what they learn from; where two overlap the first listed counts (docs/data-regions.md)',
  );

export const samplingSchema = z
  .strictObject({
    samplesPerS: positive.default(1).describe('samples a second of each worker, on average'),
    process: z
      .enum(['fixed', 'poisson'])
      .default('fixed')
      .describe('one after another at equal distances, or at random'),
    buffer: atLeastOne
      .default(1000)
      .describe('samples that a worker keeps; the oldest goes for one more'),
  })
  .optional()
  .describe('how workers collect samples in data.regions');
