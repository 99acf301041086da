import { square } from '../../elementary.ts';
import { InputError } from '../../errors.ts';
import { type TimeUs, US_PER_S } from '../../simulation/time.ts';
import type { EntityKind } from '../fcd/fcd-sink.ts';
import type { Track } from '../track.ts';
import { noTracks, type Tracks, trackOf } from '../tracks.ts';
import type { TraceFormat } from './format.ts';
import { coordinateIn, linesOf, numberIn, readingOf, timeIn } from './lines.ts';

const SET = /^\$node_\(([^)]+)\)\s+set\s+([XYZ])_\s+(\S+)$/;
const AT = /^\$ns_\s+at\s+(\S+)\s+"\$node_\(([^)]+)\)\s+setdest\s+(\S+)\s+(\S+)\s+(\S+)"$/;
/** Nothing drives so fast: such a trip is how exporters put a node somewhere. */
const PLACEMENT_MPS = 1e5;

/**
 * Movements of ns-2: first places (`$node_(0) set X_ 5`) and trips
 * (`$ns_ at 1.0 "$node_(0) setdest x y speed"`), of which a later one breaks off the one before. Nodes
 * are there from 0 s to the end of the last trip, and count as cars unless another kind is given.
 */
export const ns2: TraceFormat = {
  name: 'ns2',
  fits: (start) => /^\s*(?:#[^\n]*\n\s*)*\$(?:node_\(|ns_\s+at)/.test(start),
  async read(file, { kind = 'car' }) {
    const nodes = new Map<string, Node>();
    const trips: { node: Node; timeUs: TimeUs; x: number; y: number; speed: number }[] = [];
    const nodeOf = (id: string) => {
      const node = nodes.get(id) ?? new Node();
      nodes.set(id, node);
      return node;
    };
    for (const [index, raw] of (await linesOf(file)).entries()) {
      const text = raw.trim();
      const line = index + 1;
      const set = SET.exec(text);
      const at = AT.exec(text);
      if (set) {
        const value = coordinateIn(set[3], `${set[2]}_`, file, line);
        if (set[2] === 'X') nodeOf(set[1]!).x = value;
        if (set[2] === 'Y') nodeOf(set[1]!).y = value;
      } else if (at) {
        trips.push({
          node: nodeOf(at[2]!),
          timeUs: timeIn(at[1], file, line),
          x: coordinateIn(at[3], 'x', file, line),
          y: coordinateIn(at[4], 'y', file, line),
          speed: numberIn(at[5], 'the speed', file, line),
        });
      } else if (text.startsWith('$node_') || text.startsWith('$ns_')) {
        // Other commands of ns-2 (colours, god's distances) moves no node.
        if (!text.includes('setdest')) continue;
        const advice = ['expected $ns_ at TIME "$node_(ID) setdest X Y SPEED"'];
        throw new InputError({ place: { file, line }, found: text.slice(0, 60), advice });
      }
    }
    trips.sort((a, b) => a.timeUs - b.timeUs);
    for (const { node, ...trip } of trips) node.depart(trip);
    return readingOf(file, tracksOf(nodes, kind), {
      ...{ frame: 'metres', isContinuous: true, firstTimeUs: 0, firstLine: 1 },
    });
  },
};

/** A node on its way: at (x, y) since `sinceUs`, bound for `toX`, `toY` until `untilUs`. */
class Node {
  x = 0;
  y = 0;
  #sinceUs = 0;
  #toX = 0;
  #toY = 0;
  #untilUs = 0;
  readonly ends: [timeUs: TimeUs, x: number, y: number][] = [];

  get untilUs(): TimeUs {
    return this.#untilUs;
  }

  depart({ timeUs, x, y, speed }: { timeUs: TimeUs; x: number; y: number; speed: number }): void {
    this.standAt(timeUs);
    if (speed >= PLACEMENT_MPS) {
      [this.x, this.y] = [x, y];
      this.add(timeUs);
      return;
    }
    const distanceM = Math.sqrt(square(x - this.x) + square(y - this.y));
    if (!(speed > 0) || distanceM === 0) return;
    [this.#toX, this.#toY, this.#sinceUs] = [x, y, timeUs];
    this.#untilUs = timeUs + Math.max(1, Math.round((distanceM / speed) * US_PER_S));
  }

  /** Where it is then; a trip that is over has its end among `ends`. */
  standAt(timeUs: TimeUs): void {
    if (this.ends.length === 0) this.add(0);
    if (this.#untilUs > this.#sinceUs) {
      const whole = timeUs >= this.#untilUs;
      const t = whole ? 1 : (timeUs - this.#sinceUs) / (this.#untilUs - this.#sinceUs);
      this.x = whole ? this.#toX : this.x + t * (this.#toX - this.x);
      this.y = whole ? this.#toY : this.y + t * (this.#toY - this.y);
      this.add(whole ? this.#untilUs : timeUs);
      this.#sinceUs = this.#untilUs;
    }
    this.add(timeUs);
  }

  /** Two places at one time are a placement: the older one ends a microsecond before. */
  private add(timeUs: TimeUs): void {
    const last = this.ends.at(-1);
    if (last?.[0] === timeUs) {
      if (last[1] === this.x && last[2] === this.y) return;
      if (timeUs > 0) last[0] = timeUs - 1;
      else this.ends.pop();
    }
    this.ends.push([timeUs, this.x, this.y]);
  }
}

function tracksOf(nodes: ReadonlyMap<string, Node>, kind: EntityKind): Tracks {
  const tracks = noTracks();
  let endUs = 0;
  for (const node of nodes.values())
    endUs = Math.max(endUs, node.untilUs, ...[node.ends.at(-1)?.[0] ?? 0]);
  for (const [id, node] of nodes) {
    node.standAt(endUs);
    const track: Track = trackOf(tracks, kind, id);
    for (const [timeUs, x, y] of node.ends) {
      if (track.length === 0 || timeUs > track.lastUs) track.push(timeUs, x, y);
    }
  }
  return tracks;
}
