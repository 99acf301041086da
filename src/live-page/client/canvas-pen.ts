import { FONT, type Pen, type Stamp, type Stroke } from '../drawing/pen.ts';

export function canvasPen(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
): Pen {
  const finish = ({
    stroke,
    width = 1,
    dash = [],
    opacity = 1,
    fill,
  }: Stroke & { fill?: string }) => {
    if (fill !== undefined) {
      context.globalAlpha = opacity;
      context.fillStyle = fill;
      context.fill();
    }
    context.globalAlpha = fill === undefined ? opacity : 1;
    if (stroke !== undefined) {
      context.strokeStyle = stroke;
      context.lineWidth = width;
      context.setLineDash(dash as number[]);
      context.stroke();
    }
    context.globalAlpha = 1;
  };
  const trace = (points: readonly number[]) => {
    context.beginPath();
    extend(points);
  };
  const extend = (points: readonly number[]) => {
    context.moveTo(points[0]!, points[1]!);
    for (let index = 2; index + 1 < points.length; index += 2) {
      context.lineTo(points[index]!, points[index + 1]!);
    }
  };
  // Pixels of the screen for one of the page.
  const ratio = context.getTransform().a;
  context.lineJoin = 'round';
  context.lineCap = 'round';
  return {
    line(points, style) {
      trace(points);
      finish(style);
    },
    lines(all, style) {
      if (all.length === 0) return;
      context.beginPath();
      for (const points of all) extend(points);
      finish(style);
    },
    stamps(key, places, halfPx, draw) {
      const image = stampImage(key, halfPx, ratio, draw);
      const sidePx = image.width / ratio;
      for (let at = 0; at < places.length; at += 2) {
        const left = Math.round((places[at]! - halfPx) * ratio) / ratio;
        const top = Math.round((places[at + 1]! - halfPx) * ratio) / ratio;
        context.drawImage(image, left, top, sidePx, sidePx);
      }
    },
    circle(x, y, radius, style) {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      finish(style);
    },
    polygon(points, style) {
      trace(points);
      context.closePath();
      finish(style);
    },
    text(x, y, text, { fill, halo, size, bold = false, align = 'left' }) {
      context.font = `${bold ? '600 ' : ''}${size}px ${FONT}`;
      context.textAlign = align;
      if (halo !== undefined) {
        context.strokeStyle = halo;
        context.lineWidth = 3.5;
        context.setLineDash([]);
        context.strokeText(text, x, y);
      }
      context.fillStyle = fill;
      context.fillText(text, x, y);
    },
  };
}

const MOST_STAMPS = 256;
const stamps = new Map<string, ImageBitmap>();

/** A browser without a graphics card copies pixels much faster than it fills and strokes shapes. */
function stampImage(key: string, halfPx: number, ratio: number, draw: Stamp): ImageBitmap {
  const name = `${ratio} ${key}`;
  const before = stamps.get(name);
  if (before !== undefined) return before;
  if (stamps.size >= MOST_STAMPS) stamps.clear();
  const side = Math.ceil(2 * halfPx * ratio);
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, halfPx * ratio, halfPx * ratio);
  draw(canvasPen(context), 0, 0);
  const image = canvas.transferToImageBitmap();
  stamps.set(name, image);
  return image;
}
