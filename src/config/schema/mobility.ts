import { z } from 'zod';
import { radioSchema } from './radio.ts';
import { atLeastOne, distinct, otherwise, positive, ruleOptions, share } from './scalars.ts';
import { traceSchema } from './trace.ts';

export const mobilitySchema = z
  .strictObject({
    model: z
      .string()
      .default('trace')
      .describe(
        'trace: workers move as in a trace; static: they stay at their servers, in equal blocks in the order of these; or a movement model (docs/rules.md), or the path of your own file',
      ),
    options: ruleOptions.describe("the movement model's own options"),
    entities: z
      .strictObject({
        count: atLeastOne.max(1_000_000).default(100).describe('how many there are'),
        kind: z.enum(['car', 'pedestrian', 'container']).default('car').describe('their kind'),
        durationS: positive.default(3600).describe('how long they move, as a trace does'),
      })
      .prefault({})
      .describe('the workers that a movement model moves'),
    trace: otherwise('none for the other models', traceSchema.optional()),
    network: z.string().optional().describe('SUMO network, for sites given as lat/lon or junction'),
    buildings: z
      .string()
      .optional()
      .describe('SUMO file of polygons, as polyconvert writes: the live page draws its buildings'),
    origin: z
      .strictObject({ lat: z.number().min(-85).max(85), lon: z.number().min(-180).max(180) })
      .optional()
      .describe('x 0, y 0 of a map without a network, for a trace or sites in degrees'),
    end: z
      .enum(['stop', 'repeat'])
      .default('repeat')
      .describe(
        'a run longer than the trace ends one period after its last timestep, or plays it again from there',
      ),
    maximumSpeedMps: positive.default(70).describe('faster between two samples is a teleport'),
    maximumGapS: otherwise(
      "1.5 of the entity's usual interval",
      positive.optional().describe('longer without a sample ends the stay of an entity'),
    ),
    radio: radioSchema,
    association: z
      .union([
        z.string(),
        z.strictObject({
          policy: z
            .string()
            .describe(
              'nearest, or another policy (docs/association.md), or the path of your own file',
            ),
          options: ruleOptions.describe("the policy's own options"),
        }),
      ])
      .default('nearest')
      .describe(
        'which server in range a worker is with (docs/association.md): the name of a policy, or the path of your own file, or one with options',
      ),
    handover: z
      .strictObject({
        delayS: z
          .number()
          .min(0)
          .default(0)
          .describe(
            'seconds after a handover in which nothing passes between the worker and its new server',
          ),
        pingPongS: positive
          .default(1)
          .describe('a handover back to the server before within this many seconds is a ping-pong'),
      })
      .prefault({})
      .describe('from one server to another without a gap'),
    workers: z
      .strictObject({
        mode: z
          .enum(['leased', 'one-per-entity'])
          .default('leased')
          .describe('N slots leased to entities while they are on the map, or each its own worker'),
        count: atLeastOne.max(1_000_000).default(100).describe('slots (leased)'),
        kinds: distinct(z.array(z.enum(['car', 'pedestrian', 'container'])).min(1))
          .default(['car', 'pedestrian'])
          .describe('which entities of the trace take part'),
        types: otherwise(
          'all',
          distinct(z.array(z.string().min(1)).min(1))
            .optional()
            .describe("which of SUMO's vTypes take part; * stands for any text"),
        ),
        riders: z
          .enum(['with-vehicle', 'separate', 'drop'])
          .default('with-vehicle')
          .describe(
            'persons in a vehicle: it stands for them, or they take part beside it, or those that ever ride never take part',
          ),
        participation: share.default(1).describe('share of the entities that take part'),
      })
      .prefault({}),
  })
  .refine(({ network, origin }) => network === undefined || origin === undefined, {
    path: ['origin'],
    message: 'network or origin, not both',
  })
  .refine(({ model, trace }) => model !== 'trace' || trace !== undefined, {
    path: ['trace'],
    message: 'the path of a trace, or a model: static, random-waypoint, manhattan-grid',
  });
