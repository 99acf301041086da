import { wrapped } from '../report/format/wrapped.ts';

const INDENT = 13;
/** A terminal smaller than this cuts what is shown. */
const LEAST_WIDTH = 40;

/** A named fact, in lines of at most `width` characters: `  trace      3600 s, 1657 entities`. */
export function indented(name: string, text: string, width: number): string[] {
  const lines = wrapped(text, Math.max(LEAST_WIDTH, width) - INDENT);
  return lines.map((line, index) => `  ${(index === 0 ? name : '').padEnd(INDENT - 2)}${line}`);
}
