import { log10 } from '../../../elementary.ts';
import { defineRadioModel } from '../../../rules/contract/radio-model.ts';

const LIGHT_MPS = 299_792_458;

/** Path loss in dB of a wave of that frequency in free space. */
export function freeSpaceLossDb(distanceM: number, frequencyGHz: number): number {
  return 20 * log10((4 * Math.PI * distanceM * frequencyGHz * 1e9) / LIGHT_MPS);
}

/**
 * Free space: loss = 20 log10(4 pi d f / c), d the distance along the ground in metres.
 *
 * Source: Friis, Proceedings of the IRE, 1946.
 */
export default defineRadioModel({
  name: 'free-space',
  summary: 'a wave that nothing reflects or blocks',
  lossDb: ({ distanceM, frequencyGHz }) => freeSpaceLossDb(distanceM, frequencyGHz),
});
