import { InvalidArgumentError } from 'commander';
import type { positionOf } from '../config/sites.ts';

/** `--site id=place`. */
export interface GivenPlace {
  id: string;
  site: Parameters<typeof positionOf>[0];
}

/** `corner=210,95`, `gate=lat:42.35,lon:-71.06` or `gate=junction:8`; repeated options add up. */
export function readPlace(text: string, before: GivenPlace[] = []): GivenPlace[] {
  const [, id, place] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const site = siteIn(place ?? '');
  if (id === undefined || site === undefined) {
    throw new InvalidArgumentError(
      'Expected id=x,y in metres, id=lat:LAT,lon:LON or id=junction:ID, for instance corner=210,95.',
    );
  }
  if (before.some((other) => other.id === id)) {
    throw new InvalidArgumentError(`There is a site "${id}" already.`);
  }
  return [...before, { id, site }];
}

function siteIn(place: string): GivenPlace['site'] | undefined {
  const junction = /^junction:(.+)$/.exec(place)?.[1];
  if (junction !== undefined) return { junction };
  const [, latitude, longitude] = /^lat:([^,]+),lon:([^,]+)$/.exec(place) ?? [];
  if (latitude !== undefined) {
    const [lat, lon] = [Number(latitude), Number(longitude)];
    return Number.isFinite(lat) && Number.isFinite(lon) ? { lat, lon } : undefined;
  }
  const [xM, yM, ...more] = place
    .split(',')
    .map((part) => (part.trim() ? Number(part) : Number.NaN));
  const isPoint = more.length === 0 && Number.isFinite(xM) && Number.isFinite(yM);
  return isPoint ? { xM: xM!, yM: yM! } : undefined;
}
