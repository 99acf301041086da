import type { Scene } from '../shared/messages.ts';
import type { MapPoint } from './way.ts';

/** Which part of the map is seen: its middle in metres, and pixels a metre. */
export interface MapView {
  xM: number;
  yM: number;
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

const MARGIN_PX = 28;

/** The whole of the map, right of `coveredPx`; of a map without one around the sites. */
export function wholeMap(scene: Scene, { width, height }: Size, coveredPx = 0): MapView {
  const { minXM, minYM, maxXM, maxYM } = scene.bounds ?? siteBounds(scene);
  const wide = Math.max(1, maxXM - minXM);
  const high = Math.max(1, maxYM - minYM);
  const scale = Math.min(
    Math.max(1, width - coveredPx - 2 * MARGIN_PX) / wide,
    Math.max(1, height - 2 * MARGIN_PX) / high,
  );
  const leftM = coveredPx / 2 / scale;
  return { xM: (minXM + maxXM) / 2 - leftM, yM: (minYM + maxYM) / 2, scale };
}

export function toPixels(view: MapView, { width, height }: Size, { x, y }: MapPoint): MapPoint {
  return {
    x: width / 2 + (x - view.xM) * view.scale,
    y: height / 2 - (y - view.yM) * view.scale,
  };
}

function toMetres(view: MapView, { width, height }: Size, { x, y }: MapPoint): MapPoint {
  return {
    x: view.xM + (x - width / 2) / view.scale,
    y: view.yM - (y - height / 2) / view.scale,
  };
}

/** Larger or smaller around a place on the screen. */
export function zoomed(view: MapView, size: Size, at: MapPoint, factor: number): MapView {
  const place = toMetres(view, size, at);
  const scale = Math.min(60, Math.max(0.002, view.scale * factor));
  return {
    scale,
    xM: place.x - (at.x - size.width / 2) / scale,
    yM: place.y + (at.y - size.height / 2) / scale,
  };
}

function siteBounds({ sites }: Scene): NonNullable<Scene['bounds']> {
  if (sites.length === 0) return { minXM: -100, minYM: -100, maxXM: 100, maxYM: 100 };
  return {
    minXM: Math.min(...sites.map(({ xM, rangeM }) => xM - rangeM)),
    maxXM: Math.max(...sites.map(({ xM, rangeM }) => xM + rangeM)),
    minYM: Math.min(...sites.map(({ yM, rangeM }) => yM - rangeM)),
    maxYM: Math.max(...sites.map(({ yM, rangeM }) => yM + rangeM)),
  };
}
