import { InputError } from '../errors.ts';
import { BrokenGzip, wholeFile } from './fcd/bytes.ts';
import type { XmlElement } from './xml.ts';
import { decodedXml } from './xml-encoding.ts';

/** A small SUMO file (network, additional, configuration), read whole with fast-xml-parser. */
export interface SumoDocument {
  root: XmlElement;
  /** An InputError at an element of the file. */
  problem(element: XmlElement, found: string, ...advice: string[]): InputError;
}

type XmlModule = typeof import('./xml.ts');

/** Those that are being read: two readers of one file at the same time parse it once. */
const underWay = new Map<string, Promise<SumoDocument>>();

/**
 * Reads a file whose root element must be one of these, plain or gzipped.
 * Throws InputError: missing, unreadable, broken gzip, not well-formed, another root.
 */
export function readSumoDocument(file: string, ...rootNames: string[]): Promise<SumoDocument> {
  const key = JSON.stringify([file, ...rootNames]);
  const before = underWay.get(key);
  if (before !== undefined) return before;
  const reading = readDocument(file, rootNames).finally(() => underWay.delete(key));
  underWay.set(key, reading);
  return reading;
}

async function readDocument(file: string, rootNames: readonly string[]): Promise<SumoDocument> {
  const text = await readText(file);
  // Most of what SUMO wrote is in the cache: the parser is loaded for the rest.
  const xml = await import('./xml.ts');
  const elements = parse(xml, file, text);
  const problem = (element: XmlElement | undefined, found: string, ...advice: string[]) =>
    new InputError({
      place: { file, ...xml.placeInText(text, element?.offset ?? 0) },
      found,
      advice,
    });
  const root = elements[0];
  if (root === undefined || !rootNames.includes(root.name)) {
    const found = `the root element is <${root?.name}>`;
    throw problem(root, found, `expected <${rootNames.join('> or <')}>: is this the right file?`);
  }
  return { root, problem };
}

async function readText(file: string): Promise<string> {
  try {
    return decodedXml(await wholeFile(file), file);
  } catch (error) {
    if (!(error instanceof BrokenGzip)) throw error;
    const found = error.truncated ? 'the gzip file is cut short' : 'the gzip file is damaged';
    throw new InputError({ place: { file }, found, advice: ['write or copy it again'] });
  }
}

function parse({ parseXml, XmlError }: XmlModule, file: string, text: string): XmlElement[] {
  try {
    return parseXml(text);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const { line, column } = error;
    const found = `not well-formed XML: ${error.message}`;
    const advice = ['is it a SUMO file, written to its end?'];
    throw new InputError({ place: { file, line, column }, found, advice });
  }
}
