import { basename } from 'node:path';
import { InputError } from '../../errors.ts';
import { sortSamples } from '../sort-samples.ts';
import { noTracks, trackOf } from '../tracks.ts';
import { parseXml, placeInText, type XmlElement, XmlError } from '../xml.ts';
import type { TraceFormat } from './format.ts';
import { numberIn, readingOf, textOf, timeIn } from './lines.ts';

/**
 * GPX, as receivers of GPS write it: each track is an entity, of its own name or else the file's.
 * Points without a time, as of planned routes, are left out and counted.
 */
export const gpx: TraceFormat = {
  name: 'gpx',
  fits: (start) => /<gpx[\s>]/.test(start),
  async read(file, { kind = 'car' }) {
    const text = await textOf(file);
    const root = parsed(text, file).find(({ name }) => name === 'gpx');
    const ways = root === undefined ? [] : children(root, 'trk');
    const tracks = noTracks();
    let timeless = 0;
    for (const [index, way] of ways.entries()) {
      const track = trackOf(tracks, kind, nameOf(way, index, ways.length, file));
      const points = children(way, 'trkseg').flatMap((segment) => children(segment, 'trkpt'));
      for (const point of points) {
        const time = children(point, 'time')[0]?.text;
        if (time === undefined) {
          timeless++;
          continue;
        }
        const { line } = placeInText(text, point.offset);
        const longitude = numberIn(point.attributes.lon, 'lon', file, line);
        const latitude = numberIn(point.attributes.lat, 'lat', file, line);
        track.push(timeIn(time, file, line), longitude, latitude);
      }
    }
    for (const [id, { length }] of tracks[kind]) if (length === 0) tracks[kind].delete(id);
    const remarks = sortSamples(tracks);
    if (timeless > 0) remarks.push(`${timeless} points have no time, and are left out`);
    return readingOf(file, tracks, { frame: 'degrees', isMeasured: true, firstLine: 1, remarks });
  },
};

function parsed(text: string, file: string): XmlElement[] {
  try {
    return parseXml(text);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const { line, column, message } = error;
    throw new InputError({
      place: { file, line, column },
      found: `not well-formed XML: ${message}`,
    });
  }
}

function children(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** Tracks of one name are one entity. */
function nameOf(way: XmlElement, index: number, count: number, file: string): string {
  const own = children(way, 'name')[0]?.text.trim();
  if (own) return own;
  const name = basename(file)
    .replace(/\.gz$/, '')
    .replace(/\.\w+$/, '');
  return count === 1 ? name : `${name}-${index + 1}`;
}
