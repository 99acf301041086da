import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ts } from './typescript.ts';

/** The rooms that each room imports, by name. */
export type ImportGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** One box: the files in them import only the interface for rules. */
const RULE_FILES = 'rule files';
const ruleFolders = ['aggregators', 'attacks', 'pre-aggregators', 'triggers', 'participants'];

/** Rooms and their imports, types included, of the source under `root`. */
export function importGraph(root: string): ImportGraph {
  const graph = new Map<string, Set<string>>();
  for (const file of ['src', ...ruleFolders].flatMap((folder) => typescriptFiles(root, folder))) {
    const room = roomOf(file);
    if (room === null) continue;
    const imported = graph.get(room) ?? new Set();
    graph.set(room, imported);
    const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true);
    for (const { fileName } of importedFiles) {
      const other = roomOfSpecifier(fileName, file);
      if (other !== null && other !== room) imported.add(other);
    }
  }
  return graph;
}

/** The graph without the arrows that a longer way of arrows replaces. */
export function reduced(graph: ImportGraph): ImportGraph {
  const reaches = (from: string, to: string): boolean =>
    [...(graph.get(from) ?? [])].some((next) => next === to || reaches(next, to));
  return new Map(
    [...graph].map(([room, imported]) => [
      room,
      new Set([...imported].filter((to) => ![...imported].some((via) => reaches(via, to)))),
    ]),
  );
}

function typescriptFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('assembly') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name))
    .sort();
}

/** Null for files of no room, which all rooms may import. */
function roomOf(file: string): string | null {
  const [folder = '', room = ''] = file.split('/');
  if (ruleFolders.includes(folder)) return RULE_FILES;
  if (file === 'src/index.ts') return 'index';
  return folder !== 'src' || room.endsWith('.ts') ? null : room;
}

function roomOfSpecifier(specifier: string, from: string): string | null {
  const own = /^#(src|aggregators|attacks|pre-aggregators|triggers|participants)\/(.*)\.js$/.exec(
    specifier,
  );
  if (own) return roomOf(`${own[1]}/${own[2]}.ts`);
  if (/^edgemlsim\/rules(\/toolbox)?$/.test(specifier)) return 'rules';
  return specifier.startsWith('.') ? roomOf(normalize(join(dirname(from), specifier))) : null;
}
