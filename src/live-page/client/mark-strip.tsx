import { useEffect, useRef } from 'preact/hooks';
import { lastUs } from './clock.ts';
import { activeFeed } from './page-state.ts';
import { palette } from './palette.ts';

const HEIGHT_PX = 14;

/** Over the slider: where Byzantine vectors were more than f, and how many gradients were dropped. */
export function MarkStrip() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const buckets = activeFeed()?.series.value?.buckets;
  const endUs = lastUs();
  const colours = palette();
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context || !buckets || endUs === 0) return;
    const width = element.clientWidth;
    const ratio = devicePixelRatio;
    element.width = width * ratio;
    element.height = HEIGHT_PX * ratio;
    context.scale(ratio, ratio);
    const most = Math.max(1, ...buckets.dropped);
    const bucketUs = 2 * (buckets.timeUs[0] ?? 0);
    const wide = Math.max(1, (width * bucketUs) / endUs);
    for (const [index, timeUs] of buckets.timeUs.entries()) {
      const x = ((timeUs - bucketUs / 2) / endUs) * width;
      const share = buckets.dropped[index]! / most;
      context.fillStyle = colours.faint;
      context.globalAlpha = 0.5;
      context.fillRect(x, HEIGHT_PX * (1 - 0.7 * share), wide, HEIGHT_PX * 0.7 * share);
      context.globalAlpha = 1;
      if (buckets.exceeded[index] === 0) continue;
      context.fillStyle = colours.warning;
      context.fillRect(x, 0, Math.max(2, wide), HEIGHT_PX);
    }
  }, [buckets, endUs, colours]);
  return (
    <canvas
      ref={canvas}
      class="strip"
      role="img"
      aria-label="Along the time: aggregations with more Byzantine vectors than f, and dropped gradients"
    />
  );
}
