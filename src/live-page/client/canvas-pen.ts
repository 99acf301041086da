import { FONT, type Pen, type Stroke } from '../drawing/pen.ts';

export function canvasPen(context: CanvasRenderingContext2D): Pen {
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
    for (let index = 0; index + 1 < points.length; index += 2) {
      context.lineTo(points[index]!, points[index + 1]!);
    }
  };
  context.lineJoin = 'round';
  context.lineCap = 'round';
  return {
    line(points, style) {
      trace(points);
      finish(style);
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
