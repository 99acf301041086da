import { z } from 'zod';
import { distinct } from '../config/schema/scalars.ts';

// A study in YAML: which runs it is made of, and what its report shows.

const changes = z
  .record(z.string(), z.unknown())
  .describe(
    'config paths and the values they get; null takes a key away that may be left out to mean none',
  );

const levels = z.union([
  z.record(z.string(), changes.nullable()).describe('labels, and the changes that each stands for'),
  distinct(z.array(z.unknown()).min(1)).describe(
    'values of the config path that the factor is named after',
  ),
]);

const condition = z
  .record(z.string(), z.unknown())
  .describe('factors, and the level or the list of levels that each has');

const bounds = (number: z.ZodNumber) =>
  z
    .tuple([number, number])
    .refine(([from, to]) => from < to, { error: 'the first below the second', abort: true });

const rangeSchema = z.union([
  z.strictObject({ uniform: bounds(z.number()).describe('from, to') }),
  z.strictObject({
    logUniform: bounds(z.number().positive()).describe('from, to; each factor of ten as often'),
  }),
  z.strictObject({ integer: bounds(z.number().int()).describe('least, most') }),
  z.strictObject({ choice: z.array(z.unknown()).min(1).describe('one of these') }),
]);

const armSchema = z.strictObject({
  set: changes.prefault({}),
  variants: z
    .record(z.string(), changes.nullable())
    .optional()
    .describe('runs of this arm that its results are averaged over'),
});

export const studySchema = z.strictObject({
  $schema: z.string().optional(),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'letters, digits, dot, hyphen, underscore'),
  base: z.string().describe('the config that all runs start from, relative to this file'),
  seeds: z
    .union([
      z.number().int().min(1).describe('number of seeds: 1, 2, 3, …'),
      distinct(z.array(z.number().int().min(0)).min(1)).describe('exactly these'),
    ])
    .default(5)
    .describe('the same for every arm, so that arms are compared seed by seed'),
  set: changes.prefault({}).describe('changes for all runs: config paths and their values'),
  grid: z
    .record(z.string(), levels)
    .optional()
    .describe('factors; every combination of their levels is an arm'),
  zip: z
    .record(z.string(), levels)
    .optional()
    .describe('factors that advance together: the first level of each, then the second, …'),
  random: z
    .strictObject({
      draws: z.number().int().min(1).describe('more of them leave the first ones as they are'),
      seed: z.number().int().min(0).default(1).describe('of the draws, not of the runs'),
      of: z.record(z.string(), rangeSchema).describe('config paths and what is drawn for them'),
    })
    .optional()
    .describe('values drawn at random, to four digits; each draw is combined with the grid'),
  when: z
    .record(z.string(), condition)
    .default({})
    .describe('factors that apply only where other factors have these levels'),
  except: z
    .array(
      z.strictObject({
        where: condition,
        because: z.string().optional().describe('why, for the reader'),
      }),
    )
    .default([])
    .describe('combinations that are left out'),
  impossible: z
    .enum(['refuse', 'leave-out'])
    .default('refuse')
    .describe('whether a combination that the config refuses ends the study or is left out'),
  sample: z
    .strictObject({
      arms: z.number().int().min(1),
      seed: z.number().int().min(0).default(1).describe('of the choice, not of the runs'),
    })
    .optional()
    .describe('that number of all combinations, chosen at random'),
  arms: z.record(z.string(), armSchema).optional().describe('arms one by one, instead of a grid'),
  average: distinct(z.array(z.string()))
    .default([])
    .describe('factors of the grid that results are averaged over, instead of making arms'),
  report: z
    .strictObject({
      window: z
        .number()
        .int()
        .min(1)
        .default(5)
        .describe('number of last evaluations whose mean is the final value'),
      reach: distinct(z.array(z.number().min(0).max(1)))
        .default([0.8, 0.9, 0.95])
        .describe(
          'accuracies for which it is reported what reaching them takes: time, updates, bytes, energy',
        ),
      metric: z
        .string()
        .optional()
        .describe(
          "whose final values are compared: accuracy, loss, rmse, mae, r2 or a metric of the model's own; the accuracy by default, of a regression its rmse",
        ),
      compare: z
        .string()
        .optional()
        .describe(
          'factor whose levels are compared with each other, at each combination of the others; the factor `rule` by default, else the arms',
        ),
      baseline: z
        .string()
        .optional()
        .describe(
          'level of that factor, or arm, that the others are compared with; the first by default',
        ),
      breakdown: z
        .string()
        .optional()
        .describe(
          'factor with a rising number of Byzantine nodes: where does the accuracy fall below half of that at the first level?',
        ),
    })
    .prefault({}),
});

export type Study = z.output<typeof studySchema>;
