import { useEffect, useRef, useState } from 'preact/hooks';
import type { Size } from '../drawing/map-view.ts';
import { treePlaces } from '../drawing/tree-places.ts';
import { transfersOf } from '../shared/shown-transfers.ts';
import { select, selection } from './page-state.ts';
import { palette } from './palette.ts';
import type { RunFeed } from './run-feed.ts';
import { bytesText, shareText } from './texts.ts';

/** Servers by layer, and the workers at the lowest: links as wide as their traffic. */
export function Tree({ feed }: { feed: RunFeed }) {
  void feed.changes.value;
  const { state } = feed;
  const colours = palette();
  const picture = useRef<SVGSVGElement>(null);
  // In pixels of the screen, so that names are as large as other texts.
  const [size, setSize] = useState<Size>({ width: 640, height: 420 });
  useEffect(() => {
    const resized = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      if (width > 0 && height > 0) setSize({ width, height });
    });
    resized.observe(picture.current!);
    return () => resized.disconnect();
  }, []);
  const places = treePlaces(state, size);
  const most = Math.max(1, ...Object.values(state.traffic).map(({ up, down }) => up + down));
  const busy = new Set(
    transfersOf(state).flatMap(({ from, to }) => [`${from} ${to}`, `${to} ${from}`]),
  );
  return (
    <svg
      ref={picture}
      class="tree"
      viewBox={`0 0 ${size.width} ${size.height}`}
      aria-label="Tree of servers"
    >
      {places.links.map(({ from, to, x1, y1, x2, y2, isWorker }) => {
        const { up = 0, down = 0 } = state.traffic[from] ?? {};
        const width = up + down === 0 ? 1 : 1 + 7 * Math.sqrt((up + down) / most);
        const isBusy = busy.has(`${from} ${to}`);
        const isCut = state.servers[from]?.cut;
        return (
          <line
            key={`${from} ${to}`}
            {...{ x1, y1, x2, y2, 'stroke-width': isWorker ? Math.max(0.7, width / 2) : width }}
            stroke={
              isCut ? colours.byzantine : isBusy ? colours.activities.computing : colours.faint
            }
            stroke-opacity={isBusy ? 1 : 0.5}
            stroke-dasharray={isCut ? '4 5' : undefined}
          >
            <title>
              {from} – {to}: {bytesText(up)} up, {bytesText(down)} down
            </title>
          </line>
        );
      })}
      {places.workers.map(({ id, x, y, colour, isByzantine }) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: each is reached by the events, too
        <circle
          key={id}
          cx={x}
          cy={y}
          r={places.workers.length > 150 ? 2 : 4}
          fill={colours.activities[colour]}
          stroke={isByzantine ? colours.byzantine : 'none'}
          stroke-width={2}
          onClick={() => select({ kind: 'worker', id })}
        >
          <title>{id}</title>
        </circle>
      ))}
      {places.servers.map(({ id, x, y }) => {
        const server = state.servers[id]!;
        const isChosen = selection.value?.kind === 'server' && selection.value.id === id;
        const isOver = server.newest?.exceeded === true;
        const bad = server.byzantine || server.forged || server.crashed;
        return (
          // biome-ignore lint/a11y/useSemanticElements: an SVG has no buttons
          <g
            key={id}
            class="tree-node"
            role="button"
            tabIndex={0}
            aria-label={`${id}, version ${server.version}${server.crashed ? ', crashed' : ''}`}
            onClick={() => select({ kind: 'server', id })}
            onKeyDown={({ key }) => key === 'Enter' && select({ kind: 'server', id })}
          >
            <rect
              {...{ x: x - 7, y: y - 7, width: 14, height: 14, rx: 3 }}
              fill={server.crashed ? colours.halo : colours.server}
              stroke={
                bad
                  ? colours.byzantine
                  : isOver
                    ? colours.warning
                    : isChosen
                      ? colours.text
                      : colours.halo
              }
              stroke-width={bad || isOver || isChosen ? 3 : 1}
            />
            {places.servers.length <= 40 && (
              <text
                {...{ x, y: y - 12, 'text-anchor': 'middle', 'font-size': 12 }}
                fill={colours.text}
                // Over the links that it crosses.
                {...{ stroke: colours.halo, 'stroke-width': 4, 'paint-order': 'stroke' }}
                stroke-linejoin="round"
              >
                {id}
                {typeof server.accuracy === 'number' ? ` ${shareText(server.accuracy)}` : ''}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
