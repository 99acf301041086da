import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Node } from 'typescript';
import { describe, expect, it } from 'vitest';
import { ts } from '../tools/typescript.ts';
import { moduleNames } from './exports-of.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const tools = ['mobility', 'network', 'learning', 'faults', 'transport'];
const foundations = ['kernels', 'simulation', 'journal/events'];
const ruleLists = ['aggregators', 'attacks', 'pre-aggregators', 'triggers', 'participants'];
const system = [...foundations, 'rules', ...tools, 'nodes', 'worlds', 'journal'];

/**
 * Imports go one way: which rooms each room may import, besides itself and `common`. A new room
 * needs its line here.
 */
const mayImport: Record<string, readonly string[]> = {
  common: [],
  kernels: [],
  simulation: [],
  'journal/events': [],
  journal: ['journal/events'],
  rules: ['kernels'],
  aggregators: [],
  attacks: [],
  'pre-aggregators': [],
  triggers: [],
  participants: [],
  ...Object.fromEntries(tools.map((room) => [room, ['simulation', 'rules', 'kernels']])),
  learning: ['simulation', 'rules', 'kernels', 'transport'],
  // The behaviour of a link over radio depends on the signal of the contact.
  network: ['simulation', 'rules', 'kernels', 'mobility'],
  nodes: [...foundations, 'rules', ...tools],
  worlds: [...foundations, 'rules', ...tools, 'nodes', 'journal'],
  standalone: ['rules', 'simulation', 'aggregators', 'attacks', 'pre-aggregators'],
  statistics: ['simulation'],
  report: ['journal', 'journal/events', 'statistics'],
  // From the text of a config to the runs of a study, each on top of those before it.
  config: [...foundations, 'rules', 'mobility', 'learning', ...ruleLists],
  compose: [...foundations, 'rules', ...tools, 'nodes', 'worlds', 'config'],
  processes: [...system, 'config', 'compose'],
  run: [...system, 'report', 'config', 'compose', 'processes'],
  exports: ['journal', 'journal/events', 'report', 'learning', 'config', 'run'],
  study: ['simulation', 'config', 'compose', 'run'],
  deploy: [...system, 'config', 'compose', 'processes', 'run'],
  'live-page': ['journal', 'journal/events', 'mobility', 'transport', 'config', 'run'],
  cli: [
    ...[...system, 'report', 'config', 'compose', 'processes', 'run', 'study', 'exports', 'deploy'],
    'live-page',
  ],
  index: ['journal', 'journal/events', 'report', 'config', 'run'],
};

/** Rooms inside of rooms: which of its neighbours each may import. */
const inside: Record<string, Record<string, readonly string[]>> = {
  'src/report': {
    ...{
      data: ['format'],
      format: [],
      map: ['format'],
      costs: ['format'],
      hierarchy: ['costs', 'format'],
      run: ['costs', 'data', 'format', 'hierarchy'],
      study: ['format', 'run'],
      timeline: ['format'],
      page: ['data', 'format', 'hierarchy', 'map', 'run', 'study'],
      compare: ['format', 'study', 'page'],
    },
    '': ['costs', 'data', 'format', 'hierarchy', 'run', 'study'],
  },
  'src/live-page': {
    ...{ shared: [], server: ['shared'], drawing: ['shared'] },
    client: ['shared', 'drawing'],
    '': ['server'],
  },
  'src/rules': { contract: [], toolbox: ['contract'], running: ['contract', 'toolbox', ''] },
  'src/worlds': { '': [], computing: [], virtual: ['', 'computing'], live: ['', 'computing'] },
  'src/worlds/live': { protocol: [], coordinator: ['protocol'], process: ['protocol'] },
};

/** Files that any room may import. */
const common = [
  'config-differences',
  'collect-garbage',
  'content-cache',
  'deferred',
  'elementary',
  'ensure-folder',
  'errors',
  'gate',
  'nearest-name',
  'no-cache',
  'package-version',
  'provenance',
  'sha256-of',
  'shell-words',
  'stopwatch',
  'system-refusal',
  'user-cache',
  'user-cache-folder',
  'write-atomically',
  'write-given-file',
].map((name) => `src/${name}.ts`);

/** Paths that rules import, ours and a user's. */
const publicPaths = ['edgemlsim/rules', 'edgemlsim/rules/toolbox'];

/** Rooms in which time and random numbers belong to the simulation. */
const simulated = [
  ...['kernels', 'simulation', 'rules', ...ruleLists],
  ...[...tools.filter((room) => room !== 'transport'), 'nodes', 'worlds'],
];

/** By file: several tests look at them, and a file takes milliseconds to parse. */
const parsedNames = new Map<string, ReturnType<typeof moduleNames>>();

const files = ['src', ...ruleLists].flatMap(typescriptFiles);
const imports = new Map(files.map((file) => [file, importsOf(file)]));

function typescriptFiles(folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Everything a file imports or exports from, types and import() included; ours as file paths. */
function importsOf(file: string): string[] {
  return [...namesIn(file).taken.keys()].map((specifier) => resolved(specifier, file));
}

function namesIn(file: string): ReturnType<typeof moduleNames> {
  const parsed = parsedNames.get(file) ?? moduleNames(readFileSync(join(root, file), 'utf8'));
  parsedNames.set(file, parsed);
  return parsed;
}

function resolved(specifier: string, from: string): string {
  const room = /^#(src|aggregators|attacks|pre-aggregators|triggers|participants)\/(.*)\.js$/.exec(
    specifier,
  );
  if (room) return join(room[1]!, `${room[2]}.ts`);
  if (!specifier.startsWith('.')) return specifier;
  const path = relative(root, join(root, dirname(from), specifier));
  // AssemblyScript names files without their ending.
  return /\.tsx?$/.test(path) ? path : `${path}.ts`;
}

function isOurs(path: string): boolean {
  return imports.has(path);
}

/** The room that a file belongs to. */
function roomOf(file: string): string {
  const [folder, room = ''] = file.split('/');
  if (folder !== 'src') return folder!;
  if (common.includes(file)) return 'common';
  if (/^src\/journal\/((\w+-)?events|aggregation-geometry|quantity|reasons)\.ts$/.test(file))
    return 'journal/events';
  return room.replace(/\.ts$/, '');
}

/** Circles of files, at least one where there are any, each as the way round it. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]) => {
    if (way.includes(file)) {
      found.push([...way.slice(way.indexOf(file)), file].join(' -> '));
    } else if (!done.has(file)) {
      for (const next of graph.get(file) ?? []) visit(next, [...way, file]);
      done.add(file);
    }
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

/** Functions whose last bits depend on the engine and the processor; src/elementary.ts has our own. */
const UNEQUAL = /^Math\.(a?(cos|sin|tan)h?|atan2|exp|expm1|log|log2|log10|log1p|pow|cbrt|hypot)$/;

/** Uses of the wall clock, of random numbers without a seed and of the engine's arithmetic, as file:line. */
function unseeded(file: string, source: string): string[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2022);
  const found: string[] = [];
  const visit = (node: Node) => {
    const text =
      ts.isPropertyAccessExpression(node) || ts.isNewExpression(node) ? node.getText(tree) : '';
    if (
      UNEQUAL.test(text) ||
      /^(Math\.random|Date\.now|performance\.now|new Date\b.*)$/.test(text)
    ) {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
      found.push(`${file}:${line + 1} ${text}`);
    }
    if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken &&
      !ts.isNumericLiteral(node.left)
    ) {
      const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
      found.push(`${file}:${line + 1} ${node.getText(tree)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** The names of each file of src/; AssemblyScript apart, whose hosts are src/kernels/ and src/journal/. */
const namesOf = new Map(
  files
    .filter((file) => file.startsWith('src/') && !/^src\/(kernels|journal)\/assembly\//.test(file))
    .map((file) => [file, namesIn(file)]),
);

/** The files that the package exports, whose names are its users'. */
const packageEntries: string[] = Object.values<string | { default: string }>(
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).exports,
).flatMap((entry) =>
  typeof entry === 'string' ? [] : [entry.default.replace('./dist/', '').replace(/\.js$/, '.ts')],
);

/** Exports that only tests use, and why they are exported all the same. */
const exportedForTests: Record<string, string> = {
  'src/cli/page-entries.ts entriesOf': 'given a page of its test',
  'src/compose/run-origin.ts commitOf': 'compared with git itself',
  'src/deploy/mpirun.ts mpirunAgents': 'given a stand-in for mpirun',
  'src/deploy/mpirun.ts rankOf': 'tried with the variables of each MPI',
  'src/deploy/slurm.ts slurmAgents': 'given a stand-in for sbatch',
  'src/deploy/ssh.ts sshAgents': 'given a stand-in for ssh',
  'src/learning/model.ts modelDimension': 'gives tests the length of theta without a config',
  'src/learning/parameter-file.ts decodeParameters': 'reads the models that runs of tests leave',
  'src/mobility/best-sites.ts gridOver': 'its limits are tried without a trace',
  'src/mobility/radio/path-loss.ts pathLoss': 'compared with the disc where both hold',
  'src/network/signal-link.ts lossProbability': 'compared with the distributions themselves',
  'src/network/signal-link.ts rateMbps': 'compared with Shannon’s formula, and used by a stepper',
  'src/processes/process-setup.ts ProcessSetup': 'type of what its test sends and reads',
  'src/report/page/study/ranks.ts cliques': 'groups of ranks worked out by hand',
  'src/report/run/comparison.ts ComparedRun': 'type of the table that tests fill',
  'src/rules/running/contribution.ts Contribution': 'type of what tests make arrivals of',
  'src/rules/running/load.ts loadDeliveryAttack':
    'the conformance suite loads one attack at a time',
  'src/statistics/intervals.ts bcaBounds': 'given the resamples that SciPy had',
  'src/statistics/paired.ts signedRankP': 'compared with SciPy',
  'src/statistics/ranks.ts nemenyiQ': 'compared with the published table',
  'src/transport/handshake.ts PROTOCOL_VERSION': 'a test speaks another version',
  'src/transport/private-authority.ts Credential': 'type of what tests make for TLS',
  'src/transport/private-authority.ts PrivateAuthority': 'type of what tests make for TLS',
  'src/transport/wire.ts WireEvents': 'the wires in memory of tests implement it',
  'src/worlds/computing/task-runner.ts openWindowTraining':
    'the pool in the test’s own process opens it, too',
  'src/worlds/computing/value-store.ts SavedValue': 'type of what tests put into a checkpoint',
  'src/worlds/live/process/live-context.ts ProcessServices': 'type of what its test stands in for',
  'src/worlds/live/process/node-process-parts.ts ValueOwners':
    'counts values at the end of a live world',
  'src/worlds/live/protocol/reported-event.ts ReportedType':
    'the fuzz tests make an event of each type',
};

/** Exports of src/ that no other file than a test takes, as file name. */
function unusedExports(): string[] {
  const taken = new Map(packageEntries.map((file) => [file, new Set(['*'])]));
  const users = ['tools', 'bench'].flatMap(typescriptFiles);
  for (const file of [...files, ...users]) {
    for (const [specifier, names] of namesIn(file).taken) {
      const path = resolved(specifier, file);
      const all = taken.get(path) ?? new Set();
      for (const name of names) all.add(name);
      taken.set(path, all);
    }
  }
  return [...namesOf].flatMap(([file, { declared }]) => {
    const used = taken.get(file);
    return declared
      .filter((name) => !used?.has('*') && !used?.has(name))
      .map((name) => `${file} ${name}`);
  });
}

/** Exported names that another file exports too, or gives to a type or class of its own. */
function namesWithTwoMeanings(): string[] {
  const exported = new Set([...namesOf.values()].flatMap(({ declared }) => declared));
  const filesByName = new Map<string, Set<string>>();
  for (const [file, { declared, types }] of namesOf) {
    for (const name of [...declared, ...types]) {
      filesByName.set(name, (filesByName.get(name) ?? new Set()).add(file));
    }
  }
  return [...filesByName]
    .filter(([name, all]) => all.size > 1 && exported.has(name))
    .map(([name, all]) => `${name}: ${[...all].join(', ')}`);
}

describe('the house', () => {
  it('is looked at as a whole', () => {
    for (const file of ['src/cli/main.ts', 'src/worlds/virtual/world.ts', 'aggregators/mean.ts']) {
      expect(isOurs(file)).toBe(true);
    }
    expect(imports.get('src/nodes/worker.ts')).toContain('src/journal/reasons.ts');
    const unknown = [...imports].flatMap(([file, all]) =>
      all
        .filter(
          (path) =>
            /^(src|aggregators|attacks|pre-aggregators|triggers|participants)\//.test(path) &&
            !isOurs(path),
        )
        .filter((path) => !path.endsWith('.d.ts'))
        .map((path) => `${file} -> ${path}`),
    );
    expect(unknown).toEqual([]);
  });

  it('has only rooms whose imports are settled', () => {
    const rooms = new Set(files.map(roomOf));
    expect([...rooms].filter((room) => !(room in mayImport))).toEqual([]);
    // Nor does it settle the imports of a room that is not there.
    const named = new Set([...Object.keys(mayImport), ...Object.values(mayImport).flat()]);
    expect([...named].filter((room) => !rooms.has(room))).toEqual([]);
  });

  it('is imported one way', () => {
    const wrong = [...imports].flatMap(([file, all]) => {
      const from = roomOf(file);
      return all
        .filter(isOurs)
        .filter((path) => {
          const to = roomOf(path);
          return to !== from && to !== 'common' && !mayImport[from]!.includes(to);
        })
        .map((path) => `${file} -> ${path}`);
    });
    expect(wrong).toEqual([]);
  });

  it.each(Object.entries(inside))('is imported one way inside of %s', (folder, rooms) => {
    // Of a file in the folder itself the room is ''.
    const innerRoom = (file: string): string | undefined => {
      const [, rest] = file.split(`${folder}/`);
      return rest === undefined ? undefined : (rest.split('/').slice(0, -1)[0] ?? '');
    };
    const found = new Set<string>();
    const wrong = [...imports].flatMap(([file, all]) => {
      const from = innerRoom(file);
      if (from === undefined) return [];
      found.add(from);
      // The index of a folder is its door: it may show all that is inside.
      if (file === `${folder}/index.ts`) return [];
      return all.filter(isOurs).flatMap((path) => {
        const to = innerRoom(path);
        if (to === undefined || to === from || rooms[from]?.includes(to)) return [];
        return [`${file} -> ${path}`];
      });
    });
    expect(wrong).toEqual([]);
    expect(Object.keys(rooms).filter((room) => !found.has(room))).toEqual([]);
  });

  it('has rules that import nothing but the public interface, as a user’s own would', () => {
    const wrong = [...imports].flatMap(([file, all]) => {
      if (file.startsWith('src/')) return [];
      const allowed = file.endsWith('/index.ts')
        ? all.filter((path) => roomOf(path) === roomOf(file))
        : [];
      return all
        .filter((path) => !publicPaths.includes(path) && !allowed.includes(path))
        .map((path) => `${file} -> ${path}`);
    });
    expect(wrong).toEqual([]);
  });

  it('has no circle of files', () => {
    const graph = new Map([...imports].map(([file, all]) => [file, all.filter(isOurs)]));
    expect(circles(graph)).toEqual([]);
  });

  it('has no source file of more than 300 lines', () => {
    const styles = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.css'))
      .map((name) => join('src', name));
    expect(styles.length).toBeGreaterThan(0);
    const long = [...imports.keys(), ...styles].filter(
      (file) => readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length > 300,
    );
    expect(long).toEqual([]);
  });

  it('exports only what something else than a test uses', () => {
    expect(unusedExports().sort()).toEqual(Object.keys(exportedForTests).sort());
  });

  it('exports each name from one file, and no other file has a type of that name', () => {
    expect(namesWithTwoMeanings()).toEqual([]);
  });

  it('leaves time and random numbers to the simulation, and rounding to our own arithmetic', () => {
    const found = files
      .filter((file) => simulated.includes(roomOf(file)))
      .flatMap((file) => unseeded(file, readFileSync(join(root, file), 'utf8')));
    expect(found).toEqual([]);
  });
});

describe('this test', () => {
  it('finds a circle of files', () => {
    const graph = new Map([
      ['a', ['b', 'd']],
      ['b', ['c']],
      ['c', ['a']],
      ['d', ['c']],
    ]);
    expect(circles(graph)).toEqual(['a -> b -> c -> a']);
    expect(circles(new Map([['a', ['a']]]))).toEqual(['a -> a']);
    expect(circles(new Map([['a', ['b']]]))).toEqual([]);
  });

  it('finds clocks, dice and the arithmetic of the engine in code, not in comments and texts', () => {
    const source = `
      // Math.random() is not for us
      const text = 'Date.now()';
      const when = Date.now() + performance.now();
      const date = new Date(5);
      const dice = [1].map(Math.random);
      const rounded = Math.exp(2) + 2 ** 30 + when ** 2;`;
    expect(unseeded('x.ts', source)).toEqual([
      'x.ts:4 Date.now',
      'x.ts:4 performance.now',
      'x.ts:5 new Date(5)',
      'x.ts:6 Math.random',
      'x.ts:7 Math.exp',
      'x.ts:7 when ** 2',
    ]);
  });

  it('finds what a file exports and takes', () => {
    const source = `
      import one, { two as deux, type Three } from './a.ts';
      import * as all from './b.ts';
      export { four } from './c.ts';
      export * from './d.ts';
      export const five = 5, six = 6;
      export function seven() {}
      export type Eight = import('./e.ts').Nine;
      const inside = 1;
      const { ten } = await import('./f.ts');
      const eleven = (await import('./g.ts')).eleven;
      void import('./h.ts');`;
    const { declared, taken } = moduleNames(source);
    expect(declared).toEqual(['five', 'six', 'seven', 'Eight']);
    expect([...taken].map(([from, names]) => [from, ...names])).toEqual([
      ['./a.ts', 'default', 'two', 'Three'],
      ['./b.ts', '*'],
      ['./c.ts', 'four'],
      ['./d.ts', '*'],
      ['./e.ts', 'Nine'],
      ['./f.ts', 'ten'],
      ['./g.ts', 'eleven'],
      ['./h.ts', '*'],
    ]);
  });

  it('knows the room of a file', () => {
    expect(roomOf('src/journal/events.ts')).toBe('journal/events');
    expect(roomOf('src/journal/writer.ts')).toBe('journal');
    expect(roomOf('src/worlds/virtual/world.ts')).toBe('worlds');
    expect(roomOf('src/errors.ts')).toBe('common');
    expect(roomOf('attacks/bit-flip.ts')).toBe('attacks');
  });
});
