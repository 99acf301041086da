import { z } from 'zod';
import { exp, log10 } from '../../../elementary.ts';
import { defineRadioModel, type RadioPath } from '../../../rules/contract/radio-model.ts';

const options = z.strictObject({
  sight: z
    .enum(['los', 'nlos', 'drawn'])
    .default('drawn')
    .describe('whether there is a line of sight: everywhere, nowhere, or as drawn for each place'),
  placeM: z
    .number()
    .positive()
    .default(50)
    .describe('edge in metres of the squares with one draw each; the standard correlates over 50'),
});

/** As the standard has it, in the breakpoint distance. */
const LIGHT_MPS = 3e8;
/** Height in metres of what moves on the street, which lowers both antennas. */
const ENVIRONMENT_M = 1;

/**
 * UMi street canyon of 3GPP TR 38.901, 0.5 to 100 GHz, server at 10 m, worker at 1.5 to 22.5 m.
 * d is the distance along the ground, d3 that between the antennas, f in GHz, hs and hw their heights.
 *
 * Line of sight: 32.4 + 21 log10(d3) + 20 log10(f) as far as the breakpoint
 * b = 4 (hs - 1) (hw - 1) f / c, then
 * 32.4 + 40 log10(d3) + 20 log10(f) - 9.5 log10(b^2 + (hs - hw)^2).
 * Without: the greater of that and 35.3 log10(d3) + 22.4 + 21.3 log10(f) - 0.3 (hw - 1.5).
 * Drawn: a line of sight with probability 1 as far as 18 m, then
 * 18 / d + exp(-d / 36) (1 - 18 / d), d to the centre of the place.
 *
 * Source: 3GPP TR 38.901, tables 7.4.1-1 and 7.4.2-1.
 */
export default defineRadioModel<z.output<typeof options>>({
  name: 'umi-street-canyon',
  summary: '3GPP TR 38.901: an antenna below the roofs of a street, with and without line of sight',
  options,
  lossDb: (path, { sight }) => (sight === 'nlos' ? obstructedDb(path) : directDb(path)),
  places: {
    edgeM: ({ sight, placeM }) => (sight === 'drawn' ? placeM : Number.POSITIVE_INFINITY),
    draw: ({ distanceM }, uniform, { placeM }) => {
      return { sight: uniform < probabilityOfSight(distanceM) ? 'los' : 'nlos', placeM };
    },
  },
});

function directDb({ distanceM, frequencyGHz, serverHeightM, workerHeightM }: RadioPath): number {
  const heightM = serverHeightM - workerHeightM;
  const heights = (serverHeightM - ENVIRONMENT_M) * (workerHeightM - ENVIRONMENT_M);
  const breakpointM = (4 * heights * frequencyGHz * 1e9) / LIGHT_MPS;
  const d3 = Math.sqrt(distanceM * distanceM + heightM * heightM);
  const common = 32.4 + 20 * log10(frequencyGHz);
  if (distanceM <= breakpointM) return common + 21 * log10(d3);
  return common + 40 * log10(d3) - 9.5 * log10(breakpointM * breakpointM + heightM * heightM);
}

function obstructedDb(path: RadioPath): number {
  const { distanceM, frequencyGHz, serverHeightM, workerHeightM } = path;
  const heightM = serverHeightM - workerHeightM;
  const d3 = Math.sqrt(distanceM * distanceM + heightM * heightM);
  const own = 35.3 * log10(d3) + 22.4 + 21.3 * log10(frequencyGHz) - 0.3 * (workerHeightM - 1.5);
  return Math.max(directDb(path), own);
}

function probabilityOfSight(distanceM: number): number {
  if (distanceM <= 18) return 1;
  return 18 / distanceM + exp(-distanceM / 36) * (1 - 18 / distanceM);
}
