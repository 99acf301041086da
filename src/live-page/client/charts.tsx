import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import {
  AXES,
  type ChartAxis,
  type Charted,
  type ChartPoints,
  isEvaluated,
  MEANINGS,
  pointsOf,
  QUANTITIES,
} from '../drawing/chart-data.ts';
import { nowUs, onFrame, seekTo } from './clock.ts';
import { feeds } from './page-state.ts';
import { palette } from './palette.ts';

const axis = signal<ChartAxis>('time');
const shown = [signal<Charted>('accuracy'), signal<Charted>('byzantine')];

export function Charts() {
  return (
    <section class="panel charts" aria-label="Charts">
      {shown.map((quantity, index) => (
        <figure class="chart" key={String(index)}>
          <figcaption>
            <label class="field">
              <span class="hidden">Chart {index + 1} shows</span>
              <select
                value={quantity.value}
                title={MEANINGS[quantity.value]}
                onChange={({ currentTarget }) => {
                  quantity.value = currentTarget.value as Charted;
                }}
              >
                {Object.entries(QUANTITIES).map(([key, name]) => (
                  <option key={key} value={key}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
            {isEvaluated(quantity.value) && (
              <label class="field">
                <span>by</span>
                <select
                  value={axis.value}
                  onChange={({ currentTarget }) => {
                    axis.value = currentTarget.value as ChartAxis;
                  }}
                >
                  {Object.entries(AXES).map(([key, name]) => (
                    <option key={key} value={key}>
                      {name}
                    </option>
                  ))}
                </select>
              </label>
            )}
          </figcaption>
          <Chart quantity={quantity.value} axis={axis.value} />
        </figure>
      ))}
    </section>
  );
}

function Chart({ quantity, axis: wanted }: { quantity: Charted; axis: ChartAxis }) {
  const box = useRef<HTMLDivElement>(null);
  const colours = palette();
  const byTime = wanted === 'time' || !isEvaluated(quantity);
  const all = feeds.value.map((feed) => ({
    name: feed.scene.value?.name ?? '',
    points: feed.series.value && pointsOf(feed.series.value, quantity, wanted),
  }));
  const data = dataOf(all.map(({ points }) => points ?? { x: [], y: [] }));
  // An empty chart would be made while the map waits to be painted.
  const hasData = all.some(({ points }) => points !== null);
  const plot = useRef<uPlot | null>(null);
  useEffect(() => {
    if (!hasData) return;
    const element = box.current!;
    const options = plotOptions(element, byTime, quantity);
    const made = new uPlot(
      {
        ...options,
        series: [
          {},
          ...all.map(({ name }, run) => ({
            label: all.length > 1 ? `${run + 1}. ${name}` : QUANTITIES[quantity],
            stroke: colours.series[run % colours.series.length]!,
            width: 2,
            spanGaps: true,
            points: { show: data[0].length < 60, size: 5 },
          })),
        ],
        axes: [
          { ...axisStyle(colours), size: 26 },
          { ...axisStyle(colours), size: 50, space: 20 },
        ],
      },
      data,
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() => {
      made.setSize(sizeOf(element));
    });
    resized.observe(element);
    const endFrames = byTime ? onFrame(nowLine(made)) : () => {};
    return () => {
      endFrames();
      resized.disconnect();
      made.destroy();
    };
  }, [hasData, quantity, wanted, colours, all.length, all.map(({ name }) => name).join()]);
  useEffect(() => {
    plot.current?.setData(data);
  }, [JSON.stringify([data[0].length, data[0].at(-1), data[1]?.at(-1)])]);
  return (
    <div
      class="plot"
      ref={box}
      role="img"
      title={MEANINGS[quantity]}
      aria-label={`${QUANTITIES[quantity]} (${MEANINGS[quantity]}): ${lastText(all)}`}
    />
  );
}

/** The style sheet says how high a chart is. */
function sizeOf({ clientWidth, clientHeight }: HTMLElement): { width: number; height: number } {
  return { width: Math.max(120, clientWidth), height: clientHeight };
}

function plotOptions(
  element: HTMLElement,
  byTime: boolean,
  quantity: Charted,
): Omit<uPlot.Options, 'series'> {
  return {
    ...sizeOf(element),
    // A share of Byzantine vectors is read against all of them: half is a majority.
    scales: { x: { time: false }, y: quantity === 'byzantine' ? { range: [0, 100] } : {} },
    legend: { show: false },
    cursor: { drag: { x: true, y: false }, points: { size: 6 } },
    hooks: {
      ready: [
        (plot) => {
          let downX = 0;
          plot.over.addEventListener('pointerdown', ({ offsetX }) => {
            downX = offsetX;
          });
          // A click goes to that time; a stretch that is dragged becomes the whole chart.
          plot.over.addEventListener('click', ({ offsetX }) => {
            if (!byTime || Math.abs(offsetX - downX) > 3) return;
            void seekTo(plot.posToVal(offsetX, 'x') * 1e6);
          });
        },
      ],
    },
  };
}

/** Moves a line to the moment that is shown, over the chart, which is not drawn again for it. */
function nowLine(plot: uPlot): () => void {
  const line = document.createElement('div');
  line.className = 'now';
  plot.over.append(line);
  let drawn = Number.NaN;
  return () => {
    const x = Math.round(plot.valToPos(nowUs() / 1e6, 'x'));
    if (x === drawn) return;
    drawn = x;
    line.hidden = !(x >= 0 && x <= plot.over.clientWidth);
    line.style.transform = `translateX(${x}px)`;
  };
}

function axisStyle({ text, path }: ReturnType<typeof palette>): uPlot.Axis {
  return {
    stroke: text,
    grid: { stroke: path, width: 1 },
    ticks: { stroke: path, width: 1 },
    font: '11px system-ui, sans-serif',
  };
}

/** One list of x for all runs. */
function dataOf(all: readonly ChartPoints[]): uPlot.AlignedData {
  const [first, ...others] = all;
  if (first === undefined) return [[]];
  if (others.length === 0) return [first.x, first.y];
  return uPlot.join(all.map(({ x, y }): uPlot.AlignedData => [x, y]));
}

function lastText(all: readonly { name: string; points: ChartPoints | null }[]): string {
  return all
    .map(({ name, points }) => {
      const last = points?.y.findLast((value) => value !== null);
      return `${name} ${last === undefined || last === null ? 'none' : Number(last.toPrecision(3))}`;
    })
    .join(', ');
}
