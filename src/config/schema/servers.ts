import { z } from 'zod';
import { ownLinkKeys } from './link.ts';
import { someAntennaSchema } from './radio.ts';
import { otherwise, positive } from './scalars.ts';

export const siteSchema = z.union([
  z.strictObject({ xM: z.number(), yM: z.number() }).describe("metres in the trace's own frame"),
  z.strictObject({ lat: z.number(), lon: z.number() }).describe('degrees; needs mobility.network'),
  z.strictObject({ junction: z.string() }).describe('a junction of mobility.network'),
]);

const asLayers = <Schema extends z.ZodType>(schema: Schema) => otherwise("as its layer's", schema);

export const serverSchema = z.strictObject({
  id: z.string().min(1).describe('any name but cloud'),
  parent: z.string().default('cloud').describe('the server above; the root is called cloud'),
  layer: z.string().default('edge').describe('whose settings it takes, a key of `layers`'),
  site: z
    .union([
      ...siteSchema.options,
      z.strictObject({ entity: z.string().min(1) }).describe('an entity of the trace carries it'),
    ])
    .optional()
    .describe('where its antenna stands; workers join servers with a site'),
  rangeM: otherwise(
    '50 with mobility.radio.model range; by path loss otherwise',
    positive.optional().describe('radio range in metres, with mobility.radio.model range only'),
  ),
  service: otherwise(
    'always',
    z
      .array(z.tuple([z.number().min(0), positive]))
      .min(1)
      .refine(
        (times) => times.every(([from, to], i) => from < to && from >= (times[i - 1]?.[1] ?? 0)),
        'each [from, to] ends after it begins, and begins after the one before has ended',
      )
      .optional()
      .describe(
        'when it has contacts: [from, to] in seconds after the begin of the trace, in each repetition',
      ),
  ),
  radio: someAntennaSchema
    .optional()
    .describe('where its antenna differs from mobility.radio.server'),
  standby: z
    .string()
    .optional()
    .describe(
      'in a tree of models: the server that its children go to while it has crashed or its link is cut',
    ),
  memoryMb: asLayers(positive.optional().describe("as its layer's memoryMb, of this server")),
  link: z
    .strictObject({
      ...ownLinkKeys,
      backhaul: asLayers(
        z.string().optional().describe('one of `backhauls`, whose bandwidth it shares with others'),
      ),
    })
    .prefault({})
    .describe("where its link to the server above differs from its layer's"),
});
