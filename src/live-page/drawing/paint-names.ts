import type { ShownState } from '../shared/run-state.ts';
import type { LookedAt } from './choices.ts';
import { type MapView, type Size, toPixels } from './map-view.ts';
import type { Palette } from './palettes.ts';
import type { Pen } from './pen.ts';
import type { MapPoint } from './way.ts';

const TEXT_PX = 12.5;
/** Width of a letter in the mean, in heights of the text: no pen says how wide its text is. */
const LETTER_WIDTH = 0.6;
const ABOVE_PX = 16;

interface NamedServers {
  state: ShownState;
  view: MapView;
  size: Size;
  palette: Palette;
  servers: ReadonlyMap<string, MapPoint>;
  selection: LookedAt | null;
}

/** Names of servers, above their marks. Where two would overlap there is one: the selected server's, or the root's. */
export function paintNames(pen: Pen, picture: NamedServers): void {
  const { state, view, size, palette, servers, selection } = picture;
  const rankOf = (id: string) => {
    if (selection?.kind === 'server' && selection.id === id) return 0;
    return state.servers[id]?.parent === null ? 1 : 2;
  };
  const painted: { x: number; y: number; width: number }[] = [];
  for (const id of [...servers.keys()].sort((a, b) => rankOf(a) - rankOf(b))) {
    const { x, y } = toPixels(view, size, servers.get(id)!);
    const width = id.length * LETTER_WIDTH * TEXT_PX;
    const overlaps = painted.some((other) => {
      const isBeside = Math.abs(other.x - x) >= (other.width + width) / 2;
      return !isBeside && Math.abs(other.y - y) < TEXT_PX;
    });
    if (overlaps) continue;
    painted.push({ x, y, width });
    paintName(pen, palette, id, { x, y: y - ABOVE_PX });
  }
}

export function paintName(
  pen: Pen,
  { text: fill, halo }: Palette,
  name: string,
  at: MapPoint,
): void {
  pen.text(at.x, at.y, name, { fill, halo, size: TEXT_PX, bold: true, align: 'center' });
}
