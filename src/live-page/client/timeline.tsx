import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import {
  AXIS_PX,
  NAMES_PX,
  paintTimeline,
  ROW_PX,
  rowAt,
  type TimelinePicture,
  timeAt,
  timelineRows,
} from '../drawing/paint-timeline.ts';
import { canvasPen } from './canvas-pen.ts';
import { cleared, shownSize } from './cleared.ts';
import { nowUs, onFrame, seekTo } from './clock.ts';
import { select, selection } from './page-state.ts';
import { palette } from './palette.ts';
import type { RunFeed } from './run-feed.ts';

const SPANS_S = [2, 5, 10, 30, 60, 120, 300, 600];
/** Of what is in view, the part before the moment that is shown. */
const BEFORE = 0.7;
const NEAR_PX = 5;

const spanS = signal(30);

/**
 * Computing, sending and waiting of each node: it moves with the clock. Only the rows in view are
 * painted.
 */
export function Timeline({ feed }: { feed: RunFeed }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const filler = useRef<HTMLDivElement>(null);
  const picture = useRef<TimelinePicture | null>(null);
  useEffect(() => {
    let frameKey = '';
    return onFrame(() => {
      const element = canvas.current;
      // A frame may come between its end and the end of this effect.
      if (element === null) return;
      const size = shownSize(element);
      const timeUs = nowUs();
      const fromUs = Math.max(0, timeUs - BEFORE * spanS.peek() * 1e6);
      const toUs = fromUs + spanS.peek() * 1e6;
      const pieces = feed.activities.between(fromUs, toUs, feed.endUs, performance.now());
      const scrollPx = scroller.current!.scrollTop;
      const colours = palette();
      const key = [
        ...[timeUs, spanS.peek(), feed.activities.count, feed.changes.peek(), scrollPx],
        ...[size.width, size.height, colours.ground, JSON.stringify(selection.peek())],
      ].join('|');
      if (key === frameKey) return;
      frameKey = key;
      const rows = timelineRows(feed.state, pieces);
      filler.current!.style.height = `${rows.length * ROW_PX + AXIS_PX}px`;
      picture.current = {
        ...{ rows, pieces, fromUs, toUs, timeUs, scrollPx, size, palette: colours },
        selection: selection.peek(),
      };
      paintTimeline(canvasPen(cleared(element, size, colours.ground)), picture.current);
    });
  }, [feed]);
  return (
    <div class="timeline">
      <section
        class="timeline-scroller"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys
        tabIndex={0}
        aria-label="Timeline of all nodes: computing, sending and waiting"
        data-keys="timeline"
      >
        <div ref={filler}>
          <canvas
            ref={canvas}
            data-test="timeline"
            onClick={({ offsetX, offsetY }) =>
              picture.current && open(picture.current, offsetX, offsetY)
            }
          />
        </div>
      </section>
      <label class="timeline-span">
        <span class="hidden">Time in view</span>
        <select
          value={spanS.value}
          onChange={({ currentTarget }) => {
            spanS.value = Number(currentTarget.value);
          }}
        >
          {SPANS_S.map((each) => (
            <option key={each} value={each}>
              {each} s
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** An aggregation, or the row's node; and that time. */
function open(picture: TimelinePicture, x: number, y: number): void {
  const row = rowAt(picture, y);
  const timeUs = timeAt(picture, x);
  const nearUs = timeAt(picture, NEAR_PX) - timeAt(picture, 0);
  const aggregation = picture.pieces
    .flatMap(({ aggregations }) => aggregations)
    .find((each) => each.server === row?.id && Math.abs(each.timeUs - timeUs) < nearUs);
  if (aggregation !== undefined) {
    select({ kind: 'aggregation', result: aggregation.result });
    void seekTo(aggregation.timeUs);
    return;
  }
  if (row !== null) select({ kind: row.isServer ? 'server' : 'worker', id: row.id });
  if (x > NAMES_PX) void seekTo(timeUs);
}
