// Bundles the modules that starts load into a few files in dist/chunks, and puts in the place of each a
// file that exports what it exported: a start read some 600 files, one by one, which took longer than a
// small run. Each module stays at its address and is one instance for all that import it, be it a rule
// of the user's, a thread or a test; what is imported when it is needed is still loaded only then.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { Modules } from './modules.ts';
import { SHIPPED } from './shipped.ts';

const DIST = 'dist';
const CHUNKS = 'chunks';
const ROOT = process.cwd();

/** Stays a file of its own: it awaits what it loads, and that would wait for its chunk. */
const MAIN = 'src/cli/main.ts';

/**
 * Modules that are loaded together. Modules that the same of these load, directly or not, lie in
 * one chunk; those that none loads stay files of their own. So nothing is loaded that was not
 * before, and chunks import each other in one direction only, since what a module imports is loaded
 * wherever the module is.
 */
const STARTS: Readonly<Record<string, readonly string[]>> = {
  cli: [MAIN],
  rules: ['src/rules/index.ts', 'src/rules/toolbox/index.ts'],
  config: ['src/config/load-config.ts', 'src/config/choose-rules.ts'],
  preview: ['src/compose/compose.ts', 'src/compose/preview.ts', 'src/cli/preview-text.ts'],
  run: [
    'src/cli/drive-run.ts',
    'src/cli/page-process.ts',
    'src/run/start-run.ts',
    'src/run/virtual-run.ts',
    'src/compose/open-model.ts',
  ],
  thread: ['src/worlds/computing/pool-thread.ts', 'src/worlds/computing/intake-reference.ts'],
  live: ['src/run/live-run.ts'],
  serve: ['src/live-page/serve-page.ts'],
  page: ['src/live-page/server/open-page.ts'],
  index: ['src/live-page/server/journal-index.ts'],
  scene: ['src/live-page/server/run-scene.ts'],
  tracks: ['src/config/trace-of.ts'],
  trace: ['src/mobility/trace.ts'],
  moving: ['src/mobility/movement/moving.ts'],
  process: [
    'src/processes/credentials.ts',
    'src/processes/run-process.ts',
    'src/worlds/computing/own-thread-pool.ts',
    'src/worlds/computing/intake-reference.ts',
  ],
};

/** All checks of a config load these; a thread or a process loads one or two. */
const RULE_FILES =
  /^(aggregators|attacks|pre-aggregators|triggers|participants)\/(?!.*\bindex\.ts$)/;

/** Those that nearly every run has, by themselves, so that most threads load no other. */
const COMMON_RULES = ['aggregators/mean.ts', 'aggregators/staleness-weights/constant.ts'];

const modules = new Modules();
const startsOf = new Map<string, string[]>();
for (const [start, roots] of Object.entries(STARTS)) {
  for (const module of modules.loadedWith(roots)) {
    startsOf.set(module, [...(startsOf.get(module) ?? []), start]);
  }
}
const { names: packages } = JSON.parse(readFileSync(`${DIST}/packages/key.json`, 'utf8')) as {
  names: string[];
};
removeWithoutSource();
if (filesIn(SHIPPED).some(isLeftOver)) compileAll();
rmSync(join(DIST, CHUNKS), { recursive: true, force: true });
await bundle([...startsOf.keys()].sort());
writeFileSync(join(DIST, 'src', 'build-hash'), hashOfBuild());

/** Null for a module that stays a file of its own. */
function chunkOf(module: string): string | null {
  if (module === MAIN || COMMON_RULES.includes(module)) return null;
  return RULE_FILES.test(module) ? 'rule-files' : (startsOf.get(module)?.join('-') ?? null);
}

async function bundle(inputs: readonly string[]): Promise<void> {
  const bundled = await rolldown({
    input: Object.fromEntries(inputs.map((module) => [module.replace(/\.ts$/, ''), module])),
    platform: 'node',
    treeshake: false,
    preserveEntrySignatures: 'allow-extension',
    plugins: [sources(new Set(inputs))],
    // Some imports are written as late ones although another module imports the same at once.
    checks: { ineffectiveDynamicImport: false },
  });
  await bundled.write({
    dir: DIST,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: `${CHUNKS}/[name].js`,
    sourcemap: true,
    sourcemapExcludeSources: true,
    minifyInternalExports: false,
    comments: false,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: (id) => chunkOf(posix.relative(ROOT, id)), debugName: 'starts' }],
    },
  });
  await bundled.close();
}

/** Whether it still exports from a chunk what is bundled no more: its source is the same, so it is not compiled again. */
function isLeftOver(file: string): boolean {
  const module = posix.relative(DIST, file).replace(/\.js$/, '.ts');
  if (startsOf.has(module)) return false;
  return /^(?:import|export) .*"(?:\.\.\/)+chunks\//m.test(readFileSync(file, 'utf8'));
}

/** What the compiler has made of sources that are gone. */
function removeWithoutSource(): void {
  for (const file of filesIn(SHIPPED)) {
    const [stem] = file.split(/\.js$/) as [string];
    if (existsSync(`${posix.relative(DIST, stem)}.ts`) || !existsSync(`${stem}.d.ts`)) continue;
    for (const ending of ['.js', '.js.map', '.d.ts']) rmSync(stem + ending, { force: true });
  }
}

function compileAll(): void {
  rmSync(join(DIST, '.tsbuildinfo'), { force: true });
  execFileSync(process.execPath, ['node_modules/typescript-7/bin/tsc'], { stdio: 'inherit' });
}

/** Of all that may make another thing of the same input. */
function hashOfBuild(): string {
  const hash = createHash('sha256');
  for (const file of filesIn(['src', CHUNKS, 'packages'])) {
    hash.update(`${file}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Reads modules from their sources; what is not bundled is imported from where it lies in dist. */
function sources(bundled: ReadonlySet<string>): Plugin {
  return {
    name: 'sources',
    resolveId: (specifier, importer) => {
      if (importer === undefined) return join(ROOT, specifier);
      const module = modules.named(specifier, posix.relative(ROOT, importer));
      if (module !== null && bundled.has(module)) return join(ROOT, module);
      if (module !== null && existsSync(module)) {
        return { id: `outside:${module.replace(/\.ts$/, '.js')}`, external: true };
      }
      return packages.includes(specifier)
        ? { id: `outside:packages/${specifier.replaceAll('/', '-')}.js`, external: true }
        : { id: specifier, external: true };
    },
    // Files that a module looks for beside itself lie beside its address.
    transform: (code, id) => {
      const address = posix.relative(ROOT, id).replace(/\.ts$/, '.js');
      const url =
        chunkOf(posix.relative(ROOT, id)) && `new URL('../${address}', import.meta.url).href`;
      return url && { code: code.replaceAll('import.meta.url', url), map: null };
    },
    renderChunk: (code, { fileName }) => {
      const dist = posix.relative(posix.dirname(fileName), '');
      return { code: code.replaceAll(/(['"])outside:/g, `$1${dist}/`), map: null };
    },
  };
}

/** JavaScript of these folders of the build, in order. */
function filesIn(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(DIST, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js'))
      .map((name) => posix.join(DIST, folder, name))
      .sort(),
  );
}
