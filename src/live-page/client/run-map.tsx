import { useLayoutEffect, useRef } from 'preact/hooks';
import { type MapView, type Size, toPixels, wholeMap, zoomed } from '../drawing/map-view.ts';
import { type MapPicture, paintGround, paintMap } from '../drawing/paint-map.ts';
import { svgPen } from '../drawing/pen.ts';
import type { Scene } from '../shared/messages.ts';
import { canvasPen } from './canvas-pen.ts';
import { cleared, shownSize } from './cleared.ts';
import { nowUs, onFrame, pace } from './clock.ts';
import { MapLegend } from './map-legend.tsx';
import { active, colouring, follows, layers, select, selection } from './page-state.ts';
import { palette } from './palette.ts';
import { placesAt } from './places.ts';
import type { RunFeed } from './run-feed.ts';

const NEAR_PX = 16;
const TRAIL_US = 20_000_000;
const PAN_PX = 60;

/** The map of one run. Painted again for each frame in which something has changed. */
export function RunMap({ feed }: { feed: RunFeed }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ground = useRef<HTMLCanvasElement>(null);
  const view = useRef<MapView | null>(null);
  /** The view that no user has chosen, and the scene that it shows the whole of. */
  const whole = useRef<{ view: MapView; scene: Scene } | null>(null);
  const picture = useRef<MapPicture | null>(null);
  // In the frame in which the map appears, and not after it.
  useLayoutEffect(() => {
    const element = canvas.current!;
    const below = ground.current!;
    let groundKey = '';
    let frameKey = '';
    return onFrame(() => {
      const scene = feed.scene.peek();
      if (scene === null) return;
      const size = shownSize(element);
      const isOutdated = view.current === whole.current?.view && whole.current?.scene !== scene;
      if (view.current === null || isOutdated) {
        view.current = wholeMap(scene, size, coveredPx(element, size));
        whole.current = { view: view.current, scene };
      }
      const timeUs = nowUs();
      feed.tracks.prepare(timeUs, 3_000_000 * pace.peek());
      const colours = palette();
      const shown = [size.width, size.height, colours.ground, [...layers.peek()].join()];
      const key = [
        ...[JSON.stringify(view.current), ...shown, timeUs, feed.changes.peek()],
        ...[colouring.peek(), JSON.stringify(selection.peek()), feed.tracks.count, follows.peek()],
      ].join('|');
      if (key === frameKey) return;
      frameKey = key;
      const places = placesAt(feed, timeUs);
      if (follows.peek()) centre(view.current, places);
      const chosen = selection.peek();
      picture.current = {
        ...{ scene, state: feed.state, timeUs, view: view.current, size, palette: colours },
        ...{ layers: layers.peek(), colouring: colouring.peek(), ...places },
        selection: active.peek() === feed.run ? chosen : null,
        trails: trailsOf(feed, timeUs),
      };
      const servers = Object.keys(feed.state.servers).join();
      const nextGround = [JSON.stringify(view.current), ...shown, colouring.peek(), servers].join();
      if (nextGround !== groundKey) {
        groundKey = nextGround;
        paintGround(canvasPen(cleared(below, size, colours.ground)), picture.current);
      }
      paintMap(canvasPen(cleared(element, size, null)), picture.current);
    });
  }, [feed]);

  const drag = useRef<{ x: number; y: number; hasMoved: boolean } | null>(null);
  const zoomBy = (factor: number) => {
    const element = canvas.current!;
    const size = shownSize(element);
    const middle = { x: size.width / 2, y: size.height / 2 };
    view.current = zoomed(view.current!, size, middle, factor);
  };
  const panBy = (x: number, y: number) => {
    const { scale, xM, yM } = view.current!;
    follows.value = false;
    view.current = { scale, xM: xM - x / scale, yM: yM + y / scale };
  };
  const onKey = (event: KeyboardEvent) => {
    const pans: Record<string, [number, number]> = {
      ...{ ArrowLeft: [PAN_PX, 0], ArrowRight: [-PAN_PX, 0] },
      ...{ ArrowUp: [0, PAN_PX], ArrowDown: [0, -PAN_PX] },
    };
    const pan = pans[event.key];
    if (pan) panBy(...pan);
    else if (event.key === '+' || event.key === '=') zoomBy(1.3);
    else if (event.key === '-') zoomBy(1 / 1.3);
    else if (event.key === '0') view.current = null;
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="map" data-keys="map">
      <canvas ref={ground} class="map-ground" />
      <canvas
        ref={canvas}
        class="map-picture"
        tabIndex={0}
        role="img"
        aria-label={`Map of ${feed.scene.value?.name ?? 'the run'}: arrow keys move it, plus and minus change its scale, 0 shows all of it`}
        onKeyDown={onKey}
        onWheel={(event) => {
          event.preventDefault();
          const size = shownSize(event.currentTarget);
          const at = { x: event.offsetX, y: event.offsetY };
          view.current = zoomed(view.current!, size, at, Math.exp(-event.deltaY / 400));
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.offsetX, y: event.offsetY, hasMoved: false };
        }}
        onPointerMove={(event) => {
          const from = drag.current;
          if (from === null) return;
          const [x, y] = [event.offsetX - from.x, event.offsetY - from.y];
          if (!from.hasMoved && Math.hypot(x, y) < 4) return;
          panBy(x, y);
          drag.current = { x: event.offsetX, y: event.offsetY, hasMoved: true };
        }}
        onPointerUp={(event) => {
          const from = drag.current;
          drag.current = null;
          if (from === null || from.hasMoved || picture.current === null) return;
          active.value = feed.run;
          select(nearest(picture.current, event.offsetX, event.offsetY));
        }}
        onDblClick={() => {
          view.current = null;
        }}
      />
      <div class="map-buttons">
        <button type="button" aria-label="Larger" onClick={() => zoomBy(1.4)}>
          +
        </button>
        <button type="button" aria-label="Smaller" onClick={() => zoomBy(1 / 1.4)}>
          −
        </button>
        <button
          type="button"
          onClick={() => {
            view.current = null;
          }}
        >
          All
        </button>
        <button
          type="button"
          title="The map as it is now, as a file"
          onClick={() => picture.current && saveSvg(picture.current)}
        >
          SVG
        </button>
      </div>
      <MapLegend />
    </div>
  );

  function centre(now: MapView, { workers, servers }: ReturnType<typeof placesAt>): void {
    const chosen = selection.peek();
    if (chosen === null || chosen.kind === 'aggregation' || active.peek() !== feed.run) return;
    const place = workers.get(chosen.id) ?? servers.get(chosen.id);
    if (place !== undefined) Object.assign(now, { xM: place.x, yM: place.y });
  }
}

/** What the open legend covers of the map, from the left; of a map that is little wider, nothing. */
function coveredPx(canvas: HTMLCanvasElement, { width }: Size): number {
  const legend = canvas.parentElement?.querySelector<HTMLElement>('.legend[open]');
  const legendPx = legend === null || legend === undefined ? 0 : legend.offsetWidth;
  return width > 3 * legendPx ? legendPx : 0;
}

/** The selected worker's, or those of all that are with a server. */
function trailsOf(feed: RunFeed, timeUs: number): Map<string, number[]> {
  const trails = new Map<string, number[]>();
  if (!layers.peek().has('trails')) return trails;
  for (const { id, entity, server } of Object.values(feed.state.workers)) {
    const isChosen =
      selection.peek()?.kind === 'worker' && (selection.peek() as { id: string }).id === id;
    if (server === null && !isChosen) continue;
    trails.set(id, feed.tracks.trail(entity, timeUs, isChosen ? 3 * TRAIL_US : TRAIL_US));
  }
  return trails;
}

function nearest(picture: MapPicture, x: number, y: number) {
  const { view, size, workers, servers } = picture;
  const all = [
    ...[...servers].map(([id, place]) => ({ kind: 'server' as const, id, place })),
    ...[...workers].map(([id, place]) => ({ kind: 'worker' as const, id, place })),
  ];
  let best: { kind: 'server' | 'worker'; id: string } | null = null;
  let leastPx = NEAR_PX;
  for (const { kind, id, place } of all) {
    const at = toPixels(view, size, place);
    const distancePx = Math.hypot(at.x - x, at.y - y);
    if (distancePx >= leastPx) continue;
    leastPx = distancePx;
    best = { kind, id };
  }
  return best;
}

function saveSvg(picture: MapPicture): void {
  const pen = svgPen(picture.size, picture.palette.ground);
  paintGround(pen, picture);
  paintMap(pen, picture);
  const url = URL.createObjectURL(new Blob([pen.file()], { type: 'image/svg+xml' }));
  const link = document.createElement('a');
  Object.assign(link, {
    href: url,
    download: `${picture.scene.name}-${Math.round(picture.timeUs / 1e6)}s.svg`,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
