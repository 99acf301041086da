import { z } from 'zod';
import { log10 } from '../../../elementary.ts';
import { defineRadioModel } from '../../../rules/contract/radio-model.ts';
import { freeSpaceLossDb } from './free-space.ts';

const options = z.strictObject({
  exponent: z.number().positive().default(2.7).describe('n: 2 is free space'),
  referenceM: z.number().positive().default(1).describe('d0 in metres'),
});

/**
 * Log distance: loss = L0 + 10 n log10(d / d0), L0 that of free space at d0.
 *
 * Source: Rappaport, Wireless Communications, 2nd edition, section 4.9.
 */
export default defineRadioModel<z.output<typeof options>>({
  name: 'log-distance',
  summary: 'a loss that rises by 10 n dB with each tenfold distance',
  options,
  lossDb: ({ distanceM, frequencyGHz }, { exponent, referenceM }) =>
    freeSpaceLossDb(referenceM, frequencyGHz) + 10 * exponent * log10(distanceM / referenceM),
});
