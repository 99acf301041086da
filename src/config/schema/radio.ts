import { z } from 'zod';
import { atLeastOne, otherwise, positive, ruleOptions, share } from './scalars.ts';

const antennaKeys = {
  powerDbm: z.number().describe('transmit power; 10 log10 of milliwatts'),
  gainDbi: z.number().describe('gain of its antenna'),
  sensitivityDbm: z.number().describe('the least power that it receives'),
  heightM: positive.describe('height of its antenna above the ground'),
  noiseFigureDb: z.number().min(0).describe('noise of its receiver above thermal noise'),
};

/** Where one end differs from the others. */
export const someAntennaSchema = z.strictObject(antennaKeys).partial();

const antennaSchema = z.strictObject({
  powerDbm: antennaKeys.powerDbm.default(20),
  gainDbi: antennaKeys.gainDbi.default(0),
  sensitivityDbm: antennaKeys.sensitivityDbm.default(-86),
  heightM: antennaKeys.heightM.default(1.5),
  noiseFigureDb: antennaKeys.noiseFigureDb.default(9),
});

const snrDb = z.number().describe('signal to noise');
const risingRatios = <Entry extends { snrDb: number }>(entries: readonly Entry[]) =>
  entries.every((entry, i) => i === 0 || entry.snrDb > entries[i - 1]!.snrDb);

const rateSchema = z.union([
  z
    .strictObject({
      model: z.literal('shannon'),
      efficiency: share.default(1).describe('share of what Shannon allows'),
      capMbps: positive.nullable().default(null).describe('the highest rate; null: none'),
    })
    .describe('efficiency x bandwidthMHz x log2(1 + SNR)'),
  z
    .strictObject({
      table: z
        .array(z.strictObject({ snrDb, mbps: positive }))
        .min(1)
        .refine(risingRatios, 'snrDb must rise'),
    })
    .describe('from each ratio on, that rate; nothing is sent below the first'),
]);

const lossSchema = z.union([
  z.strictObject({ fading: z.literal('rayleigh') }).describe('the power has no constant part'),
  z
    .strictObject({ fading: z.literal('nakagami'), m: atLeastOne.max(50) })
    .describe('the power has a gamma distribution of shape m'),
  z
    .strictObject({
      packetErrors: z
        .array(z.strictObject({ snrDb, loss: share }))
        .min(1)
        .refine(risingRatios, 'snrDb must rise'),
    })
    .describe('probability of loss at each ratio, linear in between'),
]);

export const radioSchema = z
  .strictObject({
    model: z
      .string()
      .default('range')
      .describe(
        'range: workers within servers[].rangeM are in range; or a model of path loss (docs/rules.md), or the path of your own file',
      ),
    options: ruleOptions.describe("the model's own options"),
    frequencyGHz: positive.default(5.9).describe('of the wave'),
    server: antennaSchema
      .extend({
        heightM: antennaKeys.heightM.default(10),
        noiseFigureDb: antennaKeys.noiseFigureDb.default(5),
      })
      .prefault({})
      .describe('the antenna of servers, with a model of path loss'),
    worker: antennaSchema
      .prefault({})
      .describe('the antenna of workers, with a model of path loss'),
    workerByKind: z
      .partialRecord(
        z.enum(['car', 'pedestrian', 'container']),
        someAntennaSchema.extend({
          rangeM: positive.optional().describe('with model range: their range, where shorter'),
        }),
      )
      .default({})
      .describe('where workers of one kind differ'),
    bandwidthMHz: positive.default(10).describe('of the channel, for noise and rate'),
    rate: otherwise(
      'layers.worker.link.bandwidthMbps, wherever a worker is',
      rateSchema
        .optional()
        .describe(
          'how the signal along the way gives the rate of a message; a table has entries { snrDb, mbps }',
        ),
    ),
    loss: otherwise(
      'layers.worker.link.loss alone',
      lossSchema
        .optional()
        .describe(
          'how the signal along the way gives the probability that a message is lost; packetErrors has entries { snrDb, loss }',
        ),
    ),
    shadowing: z
      .strictObject({
        deviationDb: positive.describe('standard deviation'),
        correlationM: positive.default(50).describe('places this far apart have little in common'),
      })
      .optional()
      .describe('loss or gain by buildings, normal in dB, fixed for each place by the seed'),
  })
  .prefault({})
  .describe('which workers are in range of a server with a site (docs/radio.md)');
