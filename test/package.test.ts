import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, posix, resolve } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { parse } from 'yaml';
import { lacking, type Needs, testNeeding } from './needs.ts';
import { plainEnvironment } from './plain-environment.ts';
import { registryEnvironment } from './registry-environment.ts';

const MEBIBYTE = 1024 * 1024;

/** An empty folder in which the package is installed, once for all tests. */
const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-package-'));
const installed = join(folder, 'node_modules/edgemlsim');
let files: string[] = [];
let size = 0;

const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  devDependencies: Record<string, string>;
};
const needs: Needs = { others: { 'the registry of npm': isRegistryThere } };
const test = testNeeding(needs);

beforeAll(() => {
  if (lacking(needs).length > 0 && !process.env.EDGEMLSIM_SKIP_NOTHING) return;
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const json = execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [packed] = JSON.parse(json) as [
    { filename: string; size: number; files: { path: string }[] },
  ];
  files = packed.files.map(({ path }) => path);
  size = packed.size;
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  // Beside the package what compiles a program for Node.js; nothing of what this checkout has.
  const packages = [join(folder, packed.filename), `@types/node@${devDependencies['@types/node']}`];
  const quick = ['--prefer-offline', '--omit=optional', '--no-audit', '--no-fund'];
  const env = registryEnvironment();
  execFileSync('npm', ['install', ...quick, ...packages], { cwd: folder, env, stdio: 'pipe' });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every relative link of the Markdown files in the package leads to a file of the package', () => {
  const pages = files.filter((file) => file.endsWith('.md'));
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', 'docs/options.md']));
  const isThere = (path: string) =>
    files.some((file) => file === path || file.startsWith(`${path}/`));
  const dead = pages.flatMap((page) =>
    linksOf(readFileSync(page, 'utf8')).flatMap((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : posix.join(posix.dirname(page), path);
      if (!isThere(target)) return [`${page}: ${link}`];
      if (anchor === undefined || !target.endsWith('.md')) return [];
      return anchorsOf(readFileSync(target, 'utf8')).includes(anchor) ? [] : [`${page}: ${link}`];
    }),
  );
  expect(dead).toEqual([]);
});

test('the package holds no file that only this checkout needs, and stays below 7.5 MiB', () => {
  // Files that tests and their tools leave in dist, Node's binaries among them, are not packed.
  const folders =
    /^dist\/(?!chunks|packages|src|aggregators|attacks|pre-aggregators|triggers|participants)/;
  expect(files.filter((file) => folders.test(file) || file.endsWith('.map'))).toEqual([]);
  // The reports of two studies of thousands of runs, which docs link to, are 0.7 of them.
  expect(size).toBeLessThan(7.5 * MEBIBYTE);
});

testNeeding({ programs: ['tar', 'cc'] })(
  'the installed package computes on WebAssembly until it is asked to compile its C',
  () => {
    expect(files.filter((file) => file.endsWith('.node'))).toEqual([]);
    const kernels = (...words: string[]) =>
      /^kernels +(\w+)/m.exec(
        node([join(installed, 'dist/src/cli/main.js'), 'doctor', ...words]).stdout,
      )?.[1];
    expect(kernels()).toBe('wasm');
    expect(kernels('--build-kernels')).toMatch(/^(native|wasm)$/);
    expect(readdirSync(join(installed, 'dist/src/kernels'))).toContain('kernels.node');
  },
);

test('package.json and CITATION.cff have the same keywords and version, and no home page', () => {
  const about = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, unknown>;
  const citation = parse(readFileSync('CITATION.cff', 'utf8')) as Record<string, unknown>;
  for (const key of ['keywords', 'version', 'license']) expect(citation[key]).toEqual(about[key]);
  expect(about).not.toHaveProperty('homepage');
});

test('the installed package runs its own config in an empty folder', () => {
  const config = 'node_modules/edgemlsim/configs/boston-common.yaml';
  const stdout = execFileSync(
    'npx',
    ['--offline', 'edgemlsim', 'run', config, 'training.epochs=1', '--threads', '1'],
    { cwd: folder, env: plainEnvironment(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  expect(stdout).toMatch(/^status +done$/m);
  expect(readdirSync(join(folder, 'runs/boston-common-seed1'))).toContain('plot.svg');
});

test('every TypeScript example of the documentation compiles against the package, and runs', () => {
  // README's examples stand in a checkout, beside these two folders.
  for (const name of ['configs', 'sumo-scenarios']) {
    symlinkSync(join(installed, name), join(folder, name));
  }
  const pages = ['README.md', ...files.filter((file) => /^docs\/[^/]*\.md$/.test(file)).sort()];
  const examples = pages.flatMap((page) =>
    examplesOf(readFileSync(page, 'utf8')).map((code, index) => {
      const name = `${basename(page, '.md')}-${index + 1}`;
      writeFileSync(join(folder, `${name}.ts`), code);
      return name;
    }),
  );
  expect(examples).toEqual(expect.arrayContaining(['README-1', 'calling-rules-1', 'embedding-6']));
  expect(compiling(examples.map((name) => `${name}.ts`))).toEqual([]);
  // One after the other: some read what those before have written.
  const inOrder = examples.map(
    (name) => `console.log('${name}');\nawait import('./${name}.js');\n`,
  );
  writeFileSync(join(folder, 'all.js'), inOrder.join(''));
  const { status, stdout, stderr } = node(['all.js']);
  expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
  const { summary } = JSON.parse(
    readFileSync(join(folder, 'runs/embedded/status.json'), 'utf8'),
  ) as { summary: { journalHash: string } };
  expect(stdout).toContain(`\n${summary.journalHash}\n`);
  expect(stdout).toMatch(
    /^calling-rules-1\nFloat32Array\(2\) \[.*\]\n\[ [0-4] \]\nFloat32Array\(2\)/m,
  );
  expect(stdout).toMatch(/\nembedding-6\nFloat32Array\(2\) \[ 2, 5 \]\n/);
});

test('the tutorial works, command by command, in an empty folder', () => {
  let cwd = folder;
  const said: string[] = [];
  for (const [language, file, code] of blocksOf(readFileSync('docs/tutorial.md', 'utf8'))) {
    if (file !== undefined) writeFileSync(join(cwd, file), code);
    if (language !== 'sh') continue;
    for (const line of code.trimEnd().split('\n')) {
      // Of a checkout: a registry does not have the package.
      if (line.startsWith('npm install')) continue;
      if (line.startsWith('cd ')) cwd = join(cwd, line.slice(3));
      else said.push(commandIn(cwd, line));
    }
  }
  const accuracies = said.flatMap((text) => /^accuracy +final ([\d.]+) %/m.exec(text)?.[1] ?? []);
  const [honest, attacked, defended, moving] = accuracies.map(Number);
  // Guessing is 10 %. The page says which of the runs learn.
  expect([honest! > 70, attacked! < 20, defended! > 70, moving! < 40]).toEqual(Array(4).fill(true));
  const ofStudy = readdirSync(join(cwd, 'runs/study-town'));
  expect(ofStudy).toEqual(expect.arrayContaining(['report.html', 'verdicts.md']));
  expect(readFileSync(join(cwd, 'package.json'), 'utf8')).toContain('"edgemlsim": "^0.1.0"');
});

/** Whether packages can be had: an install asks for the newest ones that a version range allows. */
function isRegistryThere(): boolean {
  const options = { env: registryEnvironment(), stdio: 'ignore' } as const;
  return spawnSync('npm', ['ping', '--fetch-retries=0'], options).status === 0;
}

/** Runs a command of a shell, as in a terminal; `npx` finds a program of the folder above. */
function commandIn(cwd: string, line: string): string {
  const PATH = `${join(folder, 'node_modules/.bin')}:${process.env.PATH}`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line.replace(/^npx /, '')], {
    cwd,
    env: { ...plainEnvironment(), PATH },
    encoding: 'utf8',
  });
  expect({ line, status }, `${stdout}${stderr}`).toEqual({ line, status: 0 });
  return stdout;
}

/** Blocks of code: their language, the file that they are, and the code. */
function blocksOf(markdown: string): [language: string, file: string | undefined, code: string][] {
  return [...markdown.matchAll(/^```(\S+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
    ([, language, file, code]) => [language!, file, code!],
  );
}

/** Compiles files of the folder; returns the errors in them and in the package's types. */
function compiling(names: readonly string[]): string[] {
  const { stdout } = node([
    resolve('node_modules/typescript-7/bin/tsc'),
    ...['--strict', '--target', 'es2023', '--module', 'nodenext', '--types', 'node'],
    // Several would each work out the same types.
    ...['--checkers', '1'],
    ...names,
  ]);
  // The types of TensorFlow.js themselves do not compile with --strict, and those of WebGPU that it brings
  // clash with TypeScript's own.
  return stdout.match(/^(?!.*node_modules\/@(tensorflow|webgpu|typescript)\/)\S.*$/gm) ?? [];
}

/** Runs Node in the folder. */
function node(args: readonly string[]): SpawnSyncReturns<string> {
  const options = { cwd: folder, env: plainEnvironment(), encoding: 'utf8' } as const;
  return spawnSync(process.execPath, args, options);
}

/** The blocks of code marked `ts`; those that are only a part of a program are marked `ts no-run`. */
function examplesOf(markdown: string): string[] {
  return [...markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
}

/** Targets of links and images that are no addresses of other sites. */
function linksOf(markdown: string): string[] {
  const withoutCode = markdown.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
  return [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) =>
    /^[a-z]+:/.test(link!) ? [] : [link!],
  );
}

/** Anchors of headings, as GitHub and npm make them. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
