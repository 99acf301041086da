import type { TopLevelSpec } from 'vega-lite';
import { drawSvg } from '../format/plot.ts';
import { Markup } from './html.ts';

/** A Vega-Lite specification as an SVG for the page: without a background, for light and dark. */
export async function picture(id: string, title: string, spec: object): Promise<Markup> {
  return inPage(id, title, await drawSvg(spec as TopLevelSpec, { isInPage: true }));
}

/**
 * An SVG document as a part of a page: a picture with a name for screen readers, whose ids are its
 * own in the page, and whose numbers have two decimals.
 */
export function inPage(id: string, title: string, svg: string): Markup {
  const opening = /<svg[^>]*>/.exec(svg)![0];
  const [viewBox, width] = [attributeOf(opening, 'viewBox'), attributeOf(opening, 'width')];
  const inside = svg
    .slice(svg.indexOf(opening) + opening.length)
    .trimEnd()
    .replace(/(\sid="|url\(#)/g, `$1${id}-`)
    .replace(/ (class|aria-[a-z]+|role)="[^"]*"/g, '')
    .replace(/="[^"<>]*"/g, withFewDigits);
  const name = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
  const attributes = `viewBox="${viewBox}" width="${width}" role="img" aria-label="${name}"`;
  return new Markup(`<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${inside}`);
}

/** Of places and sizes a hundredth of a pixel is enough; the words of a label stay as they are. */
function withFewDigits(value: string): string {
  const short = (number: string) => `${Math.round(Number(number) * 100) / 100}`;
  return value.replace(/-?\d+\.\d{3,}(e-?\d+)?/g, short);
}

function attributeOf(tag: string, name: string): string {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
}
