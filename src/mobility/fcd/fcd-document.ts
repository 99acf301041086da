import { parseXml, type XmlElement } from '../xml.ts';
import { FcdFault, strayText, WRITE_FCD } from './fcd-fault.ts';
import type { FcdRows } from './fcd-rows.ts';

/**
 * Reads a whole trace with fast-xml-parser: slow and held in memory at once, but independent of
 * the scanner, which is tested against it. It also takes the encodings the scanner does not.
 *
 * Throws XmlError, FcdFault (offsets in the text).
 */
export function readFcdDocument(text: string, rows: FcdRows): void {
  for (const root of parseXml(text)) pass(root, 0, rows);
  rows.finish();
}

function pass(element: XmlElement, depth: number, rows: FcdRows): void {
  rows.elementStart(element.name, element.attributes, depth, element.offset);
  const stray = element.text.trim();
  if (stray) throw new FcdFault(element.offset, strayText(stray), WRITE_FCD);
  for (const child of element.children) pass(child, depth + 1, rows);
  rows.elementEnd(element.name);
}
