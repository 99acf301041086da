/** Surface of a picture: a canvas, or an SVG file of the same picture. */
export interface Pen {
  line(points: readonly number[], style: Stroke): void;
  circle(x: number, y: number, radius: number, style: Stroke & { fill?: string }): void;
  polygon(points: readonly number[], style: Stroke & { fill?: string }): void;
  text(x: number, y: number, text: string, style: TextStyle): void;
  /** Many lines of one style, drawn in one go. */
  lines(all: readonly (readonly number[])[], style: Stroke): void;
  /**
   * The same small picture at many places, x and y in turn: `draw` draws it around a place, and `key` names
   * all that it depends on. A canvas draws it once and copies it then, to whole pixels. `halfPx`: how far it goes.
   */
  stamps(key: string, places: readonly number[], halfPx: number, draw: Stamp): void;
}

export type Stamp = (pen: Pen, x: number, y: number) => void;

export interface Stroke {
  stroke?: string;
  width?: number;
  dash?: readonly number[];
  opacity?: number;
}

interface TextStyle {
  fill: string;
  halo?: string;
  size: number;
  bold?: boolean;
  align?: 'left' | 'center';
}

export const FONT = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** Out: with `file`, the SVG of what was drawn. */
export function svgPen(
  { width, height }: { width: number; height: number },
  ground: string,
): Pen & { file: () => string } {
  const parts: string[] = [];
  const number = (value: number) => String(Math.round(value * 10) / 10);
  const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const styled = ({ stroke, width: wide = 1, dash, opacity, fill }: Stroke & { fill?: string }) =>
    [
      `fill="${fill ?? 'none'}"`,
      stroke === undefined ? '' : `stroke="${stroke}" stroke-width="${number(wide)}"`,
      dash === undefined || dash.length === 0 ? '' : `stroke-dasharray="${dash.join(' ')}"`,
      opacity === undefined ? '' : `${fill === undefined ? '' : 'fill-'}opacity="${opacity}"`,
    ].join(' ');
  const list = (points: readonly number[]) => points.map(number).join(' ');
  const pen: Pen & { file: () => string } = {
    line: (points, style) => parts.push(`<polyline points="${list(points)}" ${styled(style)}/>`),
    circle: (x, y, radius, style) =>
      parts.push(
        `<circle cx="${number(x)}" cy="${number(y)}" r="${number(radius)}" ${styled(style)}/>`,
      ),
    polygon: (points, style) => parts.push(`<polygon points="${list(points)}" ${styled(style)}/>`),
    text: (x, y, text, { fill, halo, size, bold, align = 'left' }) =>
      parts.push(
        `<text x="${number(x)}" y="${number(y)}" font-size="${size}" fill="${fill}"${bold ? ' font-weight="600"' : ''}${align === 'center' ? ' text-anchor="middle"' : ''}${halo === undefined ? '' : ` stroke="${halo}" stroke-width="3" paint-order="stroke"`}>${escaped(text)}</text>`,
      ),
    file: () =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(FONT)}" stroke-linejoin="round"><rect width="100%" height="100%" fill="${ground}"/>${parts.join('\n')}</svg>\n`,
    lines: (all, style) => {
      for (const points of all) pen.line(points, style);
    },
    stamps: (_key, places, _halfPx, draw) => {
      for (let at = 0; at < places.length; at += 2) draw(pen, places[at]!, places[at + 1]!);
    },
  };
  return pen;
}
