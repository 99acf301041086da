import { z } from 'zod';

export const positive = z.number().positive();
export const share = z.number().min(0).max(1);
export const whole = z.number().int().min(0);
/** At least 0, and finite in a model's float32 numbers. */
export const float32 = z.number().min(0).max(3.4e38);
export const atLeastOne = z.number().int().min(1);

export const durationSchema = z
  .union([
    positive.describe('constant duration in seconds'),
    z
      .strictObject({ distribution: z.literal('uniform'), fromS: positive, toS: positive })
      .refine(({ fromS, toS }) => fromS <= toS, { path: ['toS'], error: 'fromS or more' }),
    z.strictObject({
      distribution: z.literal('normal'),
      meanS: positive,
      deviationS: z.number().min(0),
      minimumS: positive.default(0.001),
    }),
    z.strictObject({ distribution: z.literal('exponential'), meanS: positive }),
    z.strictObject({
      distribution: z.literal('lognormal'),
      medianS: positive,
      sigma: z.number().min(0),
    }),
  ])
  .describe('seconds, or a named distribution of seconds');

/** A list in which every value stands once. */
export function distinct<Item extends z.ZodType>(list: z.ZodArray<Item>): z.ZodArray<Item> {
  return list
    .superRefine((values, context) => {
      const known = new Set<string>();
      for (const [index, value] of values.entries()) {
        const key = JSON.stringify(value) ?? '';
        if (known.has(key)) {
          const message = 'every value once: this one stands in the list already';
          context.addIssue({ code: 'custom', path: [index], message });
        }
        known.add(key);
      }
    })
    .meta({ uniqueItems: true });
}

/** Tensors of the model. */
export const tensors = z
  .union([z.enum(['all', 'weights', 'biases']), distinct(z.array(z.string()).min(1))])
  .default('all');

export const ruleOptions = z.record(z.string(), z.unknown()).default({});

/** Says what stands where the key is left out, when that depends on other keys. */
export function otherwise<Schema extends z.ZodType>(defaultText: string, schema: Schema): Schema {
  return schema.meta({ ...schema.meta(), defaultText });
}

/** Of one worker: left out, it is as for all. */
export function asAll<Schema extends z.ZodType>(schema: Schema): Schema {
  return otherwise('as for all workers', schema);
}
