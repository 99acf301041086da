import { InputError } from '../../errors.ts';
import { noTracks, trackOf } from '../tracks.ts';
import type { TraceFormat } from './format.ts';
import { coordinateIn, linesOf, readingOf, timeIn } from './lines.ts';

/**
 * BonnMotion's `.movements`: a line for each node, `time x y` of each end of a straight way. Nodes are
 * called by the number of their line, from 0, and count as cars unless another kind is given.
 */
export const bonnMotion: TraceFormat = {
  name: 'bonnmotion',
  fits: (start) => /^(?:#[^\n]*\n)*(?:-?[\d.]+(?:[eE]-?\d+)?[ \t]+){5}/.test(start),
  async read(file, { kind = 'car' }) {
    const tracks = noTracks();
    let node = 0;
    for (const [index, text] of (await linesOf(file)).entries()) {
      if (text.trim() === '' || text.startsWith('#')) continue;
      const line = index + 1;
      const values = text.trim().split(/\s+/);
      if (values.length % 3 !== 0) {
        const found = `${values.length} numbers`;
        const advice = ['expected time, x and y of each waypoint: write it in two dimensions'];
        throw new InputError({ place: { file, line }, found, advice });
      }
      const track = trackOf(tracks, kind, String(node++));
      for (let i = 0; i < values.length; i += 3) {
        const timeUs = timeIn(values[i], file, line);
        const x = coordinateIn(values[i + 1], 'x', file, line);
        const y = coordinateIn(values[i + 2], 'y', file, line);
        const { lastUs } = track;
        if (timeUs <= lastUs) {
          if (timeUs === lastUs && x === track.lastX) continue;
          const found = `time ${values[i]} s after time ${lastUs / 1e6} s`;
          throw new InputError({ place: { file, line }, found, advice: ['times must rise'] });
        }
        track.push(timeUs, x, y);
      }
    }
    return readingOf(file, tracks, { frame: 'metres', isContinuous: true, firstLine: 1 });
  },
};
