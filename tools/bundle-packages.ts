// Bundles the packages that the build imports into dist/packages, one file each, and lets the build
// import those: a start read some 500 files of packages, which took longer than what it then did. Those that
// look for files beside their own, or must be loaded one after the other, are loaded by `require`.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { SHIPPED } from './shipped.ts';
import { ts } from './typescript.ts';

const DIST = 'dist';
const PACKAGES = `${DIST}/packages`;

/** Parts of packages that nothing here asks for, and what stands in their place. */
const LEFT_OUT: readonly [file: RegExp, part: RegExp, instead: string][] = [
  // Messages in other languages.
  [/zod\/v4\/locales\/index\.js$/, /^export \{ default as (?!en )\w+ \}.*$/gm, ''],
  // Transforms of maps, graphs and words.
  [
    /vega\/build\/vega\.module\.js$/,
    /^import \* as (geo|force|tree|label|reg|voronoi|wordcloud|xf) from .*$/gm,
    'const $1 = {};',
  ],
];

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  dependencies: Record<string, string>;
};

interface Import {
  file: string;
  /** As it is written there. */
  specifier: string;
  /** Of the text between the quotation marks. */
  start: number;
}

const imports = SHIPPED.flatMap(importsIn);
const known: { digest: string; names: string[] } = existsSync(`${PACKAGES}/key.json`)
  ? JSON.parse(readFileSync(`${PACKAGES}/key.json`, 'utf8'))
  : { digest: '', names: [] };
// Files that did not change since the last build import the bundles already.
const names = [
  ...new Set([...known.names.filter(isPackage), ...imports.map(({ specifier }) => specifier)]),
].sort();
const digest = createHash('sha256')
  .update(readFileSync('package-lock.json'))
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .update(JSON.stringify(names))
  .digest('hex');
if (digest !== known.digest) {
  rmSync(PACKAGES, { recursive: true, force: true });
  await bundle(names);
  writeFileSync(`${PACKAGES}/key.json`, JSON.stringify({ digest, names }));
}
for (const file of new Set(imports.map((each) => each.file))) {
  redirect(
    file,
    imports.filter((each) => each.file === file),
  );
}

/** Imports of packages in the compiled files of a folder. */
function importsIn(folder: string): Import[] {
  return readdirSync(join(DIST, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js') && !name.startsWith('live-page/page/'))
    .flatMap((name) => {
      const file = posix.join(DIST, folder, name);
      const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, false);
      return importedFiles
        .filter(({ fileName }) => isPackage(fileName))
        .map(({ fileName, pos }) => ({ file, specifier: fileName, start: pos + 1 }));
    });
}

function isPackage(specifier: string): boolean {
  const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)![0];
  return Object.hasOwn(dependencies, name);
}

async function bundle(specifiers: readonly string[]): Promise<void> {
  const entries = new Map<string, string>();
  for (const specifier of specifiers) entries.set(idOf(specifier), await entryOf(specifier));
  const bundled = await rolldown({
    input: Object.fromEntries([...entries.keys()].map((id) => [id.slice(0, -'.mjs'.length), id])),
    platform: 'node',
    // The files that Node.js would load.
    resolve: { mainFields: ['main'], conditionNames: ['node', 'import', 'default'] },
    plugins: [
      {
        name: 'entries',
        resolveId: (id, importer) => {
          if (entries.has(id)) return id;
          return importer !== undefined && entries.has(importer) ? resolved(id) : null;
        },
        load: (id) => entries.get(id),
        transform: (code, id) => {
          const [, part, instead] = LEFT_OUT.find(([file]) => file.test(id)) ?? [];
          return part && code.replaceAll(part, instead!);
        },
      },
    ],
    // Which make ws faster where they are installed.
    external: ['bufferutil', 'utf-8-validate'],
  });
  const { output } = await bundled.write({
    dir: PACKAGES,
    format: 'esm',
    // Less to read at each start; names stay, for stack traces.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  });
  await bundled.close();
  const modules = output.flatMap((part) => ('moduleIds' in part ? part.moduleIds : []));
  writeFileSync(`${PACKAGES}/LICENSES.txt`, licencesOf(modules));
}

/** The licences of all packages whose files are bundled: they go where the bundles go. */
function licencesOf(modules: readonly string[]): string {
  const folders = modules.flatMap(
    (id) => /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? [],
  );
  return [...new Set(folders)]
    .sort()
    .map((folder) => {
      const about = readFileSync(join(folder, 'package.json'), 'utf8');
      const { name, version, license } = JSON.parse(about) as Record<string, string>;
      const files = readdirSync(folder).filter((file) => /^licen[cs]e/i.test(file));
      const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
      return [`${name} ${version}: ${license}`, ...texts].join('\n\n');
    })
    .join(`\n\n${'-'.repeat(72)}\n\n`);
}

/** Of the module that stands for the package; `.mjs`, so that CommonJS is taken as Node.js takes it. */
function idOf(specifier: string): string {
  return `${specifier.replaceAll('/', '-')}.mjs`;
}

function resolved(specifier: string): string {
  return fileURLToPath(import.meta.resolve(specifier));
}

/** With the exports that Node.js sees: what those of CommonJS are, a bundler cannot know. */
async function entryOf(specifier: string): Promise<string> {
  const module = (await import(specifier)) as object;
  const seen = Object.keys(module).filter((name) => name !== 'module.exports');
  const from = JSON.stringify(specifier);
  return seen.length === 0 ? `import ${from};` : `export { ${seen.join(', ')} } from ${from};`;
}

function redirect(file: string, found: readonly Import[]): void {
  let text = readFileSync(file, 'utf8');
  for (const { specifier, start } of found.toReversed()) {
    const bundled = `${PACKAGES}/${idOf(specifier).replace(/mjs$/, 'js')}`;
    const path = posix.relative(posix.dirname(file), bundled);
    text = text.slice(0, start) + path + text.slice(start + specifier.length);
  }
  writeFileSync(file, text);
}
