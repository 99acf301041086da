import proj4 from 'proj4';
import { InputError } from '../errors.ts';
import type { Network } from './network.ts';

/**
 * Metres on the network of a place given in degrees (WGS 84): projected with the network's PROJ
 * string (proj4), then moved by its offset.
 *
 * Throws InputError when the network has no projection, or one proj4 does not know.
 */
export function placeOnNetwork(
  network: Network,
  { latitude, longitude }: { latitude: number; longitude: number },
): { xM: number; yM: number } {
  const [xM, yM] = projectionOf(network)(longitude, latitude);
  return { xM, yM };
}

/** The same for many places: metres of a longitude and a latitude. Throws InputError at once. */
export function projectionOf(
  network: Network,
): (longitude: number, latitude: number) => [xM: number, yM: number] {
  const { file, projection, offset } = network;
  if (projection === undefined) {
    throw new InputError({
      place: { file },
      found: 'the network has no projection, so degrees cannot be placed on it',
      advice: ['give x and y in metres, or build it with `netconvert --proj.utm`'],
    });
  }
  try {
    const { forward } = proj4(projection);
    return (longitude, latitude) => {
      const [x, y] = forward([longitude, latitude]);
      return [toMillimetre(x + offset.xM), toMillimetre(y + offset.yM)];
    };
  } catch (error) {
    throw new InputError({
      place: { file },
      found: `projParameter "${projection}" cannot be used: ${(error as Error).message}`,
      advice: ['give x and y in metres, or build it with `netconvert --proj.utm`'],
    });
  }
}

/** Degrees (WGS 84) of a place on the network; undefined when the network has no projection. */
export function degreesOnNetwork(
  { projection, offset }: Network,
  { xM, yM }: { xM: number; yM: number },
): { latitude: number; longitude: number } | undefined {
  if (projection === undefined) return undefined;
  const [longitude, latitude] = proj4(projection).inverse([xM - offset.xM, yM - offset.yM]);
  return { latitude, longitude };
}

/** Engines differ in the last digits of sines: places, and so contacts, must not. */
function toMillimetre(metres: number): number {
  return Math.round(metres * 1000) / 1000;
}
