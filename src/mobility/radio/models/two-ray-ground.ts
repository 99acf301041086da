import { log10 } from '../../../elementary.ts';
import { defineRadioModel } from '../../../rules/contract/radio-model.ts';
import { freeSpaceLossDb } from './free-space.ts';

const LIGHT_MPS = 299_792_458;

/**
 * Two-ray ground: free space as far as 4 pi hs hw / wavelength, and from there on
 * loss = 40 log10(d) - 20 log10(hs hw), hs and hw the heights of server and worker in metres. The two
 * agree where they meet.
 *
 * Source: Rappaport, Wireless Communications, 2nd edition, section 4.6; ns-2 and INET have the same.
 */
export default defineRadioModel({
  name: 'two-ray-ground',
  summary: 'the direct wave and one that the ground reflects',
  lossDb: ({ distanceM, frequencyGHz, serverHeightM, workerHeightM }) => {
    const heights = serverHeightM * workerHeightM;
    const crossoverM = (4 * Math.PI * heights * frequencyGHz * 1e9) / LIGHT_MPS;
    return distanceM < crossoverM
      ? freeSpaceLossDb(distanceM, frequencyGHz)
      : 40 * log10(distanceM) - 20 * log10(heights);
  },
});
