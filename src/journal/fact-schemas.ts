import { z } from 'zod';

const count = z.int().nonnegative();
const flag = z.boolean();
const finite = z.number();
const quantity = z.union([finite, z.enum(['NaN', 'Infinity', '-Infinity'])]);
const pointInPlane = z.tuple([finite, finite]);

/** A layer's policy for too few vectors. */
export const policy = z.enum(['skip', 'wait', 'fallback']);

/** By type of event: the fields that are known only once numbers are computed. */
export function factSchemas(object: typeof z.object) {
  const scores = { precision: finite, recall: finite, f1: finite };
  return {
    aggregated: {
      nonFinite: count.exactOptional(),
      empty: count.exactOptional(),
      seen: object({ honest: count, byzantine: count }).exactOptional(),
      exceeded: flag.exactOptional(),
      skipped: flag.exactOptional(),
      norm: quantity.exactOptional(),
      loss: quantity.exactOptional(),
      selected: z.array(count).exactOptional(),
      selectedByzantine: count.exactOptional(),
      clipped: count.exactOptional(),
      iterations: count.exactOptional(),
      honestMean: object({
        norm: quantity,
        variance: quantity,
        distance: quantity.nullable(),
        angleDeg: quantity.nullable(),
        kappa: quantity.nullable(),
      })
        .nullable()
        .exactOptional(),
      geometry: object({
        vectors: z.array(count),
        norms: z.array(finite),
        toResult: object({
          distances: z.array(finite),
          anglesDeg: z.array(finite.nullable()),
        }).nullable(),
        distances: z.array(finite),
        plane: object({
          vectors: z.array(pointInPlane),
          result: pointInPlane.nullable(),
          share: finite.nullable(),
        }),
      }).exactOptional(),
      policy: policy.exactOptional(),
    },
    updated: { applied: flag.exactOptional(), thetaNorm: quantity.exactOptional() },
    'window-trained': { loss: quantity.exactOptional(), thetaNorm: quantity.exactOptional() },
    evaluated: {
      accuracy: finite.exactOptional(),
      loss: quantity.exactOptional(),
      attackSuccess: finite.exactOptional(),
      rmse: quantity.exactOptional(),
      mae: quantity.exactOptional(),
      r2: quantity.exactOptional(),
      macro: object(scores).exactOptional(),
      micro: object(scores).exactOptional(),
      perClass: z.array(object({ ...scores, support: count })).exactOptional(),
      confusion: z.array(z.array(count)).exactOptional(),
      metrics: z.record(z.string(), quantity).exactOptional(),
    },
  } as const;
}
