import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { InputError, type Place, type Problem } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import { systemRefusal } from '../system-refusal.ts';

/** Keys and indices from the root of a document to one of its values. */
export type Path = readonly (string | number)[];

/** A YAML file as plain data that knows where each value stands. */
export interface YamlDocument {
  file: string;
  value: unknown;
  /**
   * Place of the value at the path, or of its key; of the nearest one above it if absent.
   * The root has no line.
   */
  placeOf(path: Path, part?: 'key' | 'value'): Place;
}

/** Reads a YAML file. Throws InputError with every syntax error, or saying why it cannot be read. */
export async function readYaml(file: string): Promise<YamlDocument> {
  return parseYaml(await readText(file), file);
}

export function parseYaml(text: string, file: string): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const faults: Problem[] = [...document.errors, ...document.warnings].map((fault) => ({
    place: at(fault.pos[0]),
    ...findingOf(fault),
  }));
  if (faults.length > 0) throw new InputError(faults);
  if (document.contents === null) {
    throw new InputError({ place: { file }, found: 'the file is empty' });
  }
  return { file, value: plainValue(() => document.toJS(), file), placeOf };

  function placeOf(path: Path, part: 'key' | 'value' = 'value'): Place {
    let node: unknown = document.contents;
    let offset: number | undefined;
    for (const [depth, step] of path.entries()) {
      if (isAlias(node)) node = node.resolve(document);
      const [key, value] = childOf(node, step);
      if (key === undefined && value === undefined) break;
      const wanted = part === 'key' && depth === path.length - 1 ? key : value;
      offset = startOf(wanted) ?? startOf(key) ?? offset;
      node = value;
    }
    return offset === undefined ? { file } : at(offset);
  }
}

function childOf(node: unknown, step: string | number): [unknown, unknown] {
  if (isSeq(node)) return [undefined, node.items[Number(step)]];
  if (!isMap(node)) return [undefined, undefined];
  const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === `${step}`);
  return [pair?.key, pair?.value];
}

function startOf(node: unknown): number | undefined {
  const scalar = node as Node | null | undefined;
  // An empty value has a range too, but one behind its key: the key is the better place.
  if (isScalar(scalar) && scalar.value === null && scalar.source === '') return undefined;
  return scalar?.range?.[0];
}

/** The library's messages, but for those that speak to a program that calls it. */
function findingOf({ code, message }: YAMLError): Pick<Problem, 'found' | 'advice'> {
  if (code === 'MULTIPLE_DOCS') {
    return { found: 'multiple documents', advice: ['expected one: a file for each'] };
  }
  if (message.includes('call stack')) {
    return { found: 'not usable YAML: lists or mappings are nested too deeply' };
  }
  return { found: `not valid YAML: ${message}` };
}

function plainValue(toPlain: () => unknown, file: string): unknown {
  try {
    const value = toPlain();
    refuseCircles(value, []);
    return value;
  } catch (error) {
    // The library limits what aliases may unfold to, against "billion laughs".
    throw new InputError({
      place: { file },
      found: `not usable YAML: ${(error as Error).message}`,
      advice: ['write repeated parts out instead of nesting aliases'],
    });
  }
}

/** An alias may stand inside its own anchor: valid YAML, but no tree. */
function refuseCircles(value: unknown, above: readonly unknown[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (above.includes(value)) throw new Error('an alias stands inside the part that it repeats');
  for (const child of Object.values(value)) refuseCircles(child, [...above, value]);
}

async function readText(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new InputError(await unreadable(file, error as NodeJS.ErrnoException));
  }
}

async function unreadable(file: string, error: NodeJS.ErrnoException): Promise<Problem> {
  switch (error.code) {
    case 'ENOENT': {
      const folder = dirname(file);
      const nearest = nearestName(basename(file), await yamlFilesIn(folder));
      const advice = nearest === undefined ? [] : [`did you mean "${join(folder, nearest)}"?`];
      return { place: { file }, found: 'no such file', advice };
    }
    case 'EISDIR': {
      const files = await yamlFilesIn(file);
      const advice = files.length === 0 ? [] : [`it holds: ${files.join(', ')}`];
      return { place: { file }, found: 'a folder, not a file', advice };
    }
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return { place: { file }, found: 'not a text file in UTF-8' };
    default:
      return { place: { file }, found: `cannot be read: ${systemRefusal(error)}` };
  }
}

async function yamlFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => /\.ya?ml$/.test(name)).sort();
}
