import { wrapped } from '../report/format/wrapped.ts';

/**
 * A help text whose paragraphs of prose are as wide as the terminal, as its lists are. A block of lines of which
 * some are indented is a list, or commands to copy, and stays as it is.
 */
export function helpParagraphs(text: string, width: number): string {
  const ends = text.endsWith('\n') ? '\n' : '';
  const blocks = text.slice(0, text.length - ends.length).split('\n\n');
  return blocks.map((block) => paragraph(block, width)).join('\n\n') + ends;
}

function paragraph(block: string, width: number): string {
  const lines = block.split('\n');
  if (lines.some((line) => line.startsWith(' '))) return block;
  // The text that follows a list begins with an empty line of its own.
  const [before, prose] = lines[0] === '' ? ['\n', lines.slice(1)] : ['', lines];
  return before + wrapped(prose.join(' '), width).join('\n');
}
