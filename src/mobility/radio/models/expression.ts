import { z } from 'zod';
import { exp, log, log10, pow } from '../../../elementary.ts';
import { defineRadioModel } from '../../../rules/contract/radio-model.ts';
import { type Compiled, compileExpression } from '../../../rules/running/expression.ts';

const options = z.strictObject({
  lossDb: z
    .string()
    .max(500)
    .describe('path loss in dB, for instance 40 + 27 log10(d); of d in metres and f in GHz'),
});

/** Those of them that are not exact in every engine are the project's own. */
const functions = {
  ...{ abs: Math.abs, ceil: Math.ceil, floor: Math.floor, max: Math.max, min: Math.min },
  ...{ exp, log, log10, log2: (x: number) => log(x) / Math.LN2, pow, sqrt: Math.sqrt },
};

const compiled = new Map<string, Compiled>();

/**
 * An expression of yours: arithmetic, comparisons, `? :` and abs, ceil, exp, floor, log, log10, log2,
 * max, min, pow, sqrt.
 *
 * `d`: distance along the ground in metres. `f`: frequency in GHz. `hs`, `hw`: heights of server and
 * worker in metres.
 */
export default defineRadioModel<z.output<typeof options>>({
  name: 'expression',
  summary: 'an expression of the distance',
  options,
  lossDb: ({ distanceM, frequencyGHz, serverHeightM, workerHeightM }, { lossDb: text }) => {
    let evaluate = compiled.get(text);
    if (evaluate === undefined) {
      const variables = ['d', 'f', 'hs', 'hw'];
      evaluate = compileExpression(text, { name: `path loss "${text}"`, variables, functions });
      compiled.set(text, evaluate);
    }
    return evaluate({ d: distanceM, f: frequencyGHz, hs: serverHeightM, hw: workerHeightM });
  },
});
