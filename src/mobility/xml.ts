import { EntityDecoder } from '@nodable/entities';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { xmlFault } from './xml-fault.ts';
import { wrongReference } from './xml-references.ts';

/** An element as fast-xml-parser gave it: names and values are text, entities are replaced. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  /** Text directly inside, joined. */
  text: string;
  /** Offset of `<` in the document's text. */
  offset: number;
}

/** Not well-formed, said with the line and column of the text it was found in. */
export class XmlError extends Error {
  override name = 'XmlError';
  readonly line: number;
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

const PARSER = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  captureMetaData: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // XML's five entities, numbers, and what the document type declares; not HTML's. Made once:
  // the parser's own would be built again for every tag the scanner hands over, ten times the cost.
  entityDecoder: new EntityDecoder({ limit: { maxExpandedLength: 10_000_000 } }),
});

const META_DATA = XMLParser.getMetaDataSymbol() as unknown as symbol;

/** The elements at the top of an XML text (one in a well-formed document). Throws XmlError. */
export function parseXml(text: string): XmlElement[] {
  const valid = XMLValidator.validate(text);
  if (valid !== true) {
    const { msg, line, col } = valid.err;
    throw new XmlError(xmlFault(msg), line ?? 1, col ?? 1);
  }
  // The parser takes it for text.
  const wrong = wrongReference(text);
  if (wrong !== null) {
    const { line, column } = placeInText(text, wrong.offset);
    throw new XmlError(xmlFault(wrong.found), line, column);
  }
  let nodes: unknown[];
  try {
    nodes = PARSER.parse(text);
  } catch (error) {
    throw new XmlError(xmlFault((error as Error).message), 1, 1);
  }
  return collect(nodes).children;
}

/** Line and column of an offset in a text, counted from 1. */
export function placeInText(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lines = before.split('\n');
  return { line: lines.length, column: [...lines.at(-1)!].length + 1 };
}

function collect(nodes: readonly unknown[]): { children: XmlElement[]; text: string } {
  const children: XmlElement[] = [];
  let text = '';
  for (const node of nodes as Record<string | symbol, unknown>[]) {
    for (const name of Object.keys(node)) {
      if (name === '#text') {
        text += String(node[name]);
      } else if (name !== ':@') {
        children.push({
          name,
          attributes: (node[':@'] ?? {}) as Record<string, string>,
          ...collect(node[name] as unknown[]),
          offset: (node[META_DATA] as { startIndex?: number } | undefined)?.startIndex ?? 0,
        });
      }
    }
  }
  return { children, text };
}
