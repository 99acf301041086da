import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix, resolve } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { lacking, type Needs, testNeeding } from './needs.ts';
import { plainEnvironment } from './plain-environment.ts';

const MEBIBYTE = 1024 * 1024;

/** An empty folder in which the package is installed, beside the dependencies of this checkout. */
const folder = mkdtempSync(join(tmpdir(), 'edgemlsim-package-'));
const installed = join(folder, 'node_modules/edgemlsim');
let files: string[] = [];
let size = 0;

const needs: Needs = { programs: ['tar'] };
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
  mkdirSync(installed, { recursive: true });
  for (const name of readdirSync('node_modules')) {
    if (name === 'edgemlsim' || name.startsWith('.')) continue;
    symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
  }
  const tarball = join(folder, packed.filename);
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
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

test('the package holds no file that only this checkout needs, and stays below 6 MiB', () => {
  // What tests and their tools leave in dist, Node's binaries among it, stays at home.
  const folders = /^dist\/(?!src|aggregators|attacks|pre-aggregators)/;
  expect(files.filter((file) => folders.test(file) || file.endsWith('.map'))).toEqual([]);
  expect(size).toBeLessThan(6 * MEBIBYTE);
});

test('the installed package runs its own config in an empty folder', () => {
  const program = join(installed, 'dist/src/cli/main.js');
  const config = join('node_modules/edgemlsim/configs/boston-common.yaml');
  const stdout = execFileSync(
    process.execPath,
    [program, 'run', config, 'training.epochs=1', '--threads', '1'],
    { cwd: folder, env: plainEnvironment(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  expect(stdout).toMatch(/^status +done$/m);
  expect(readdirSync(join(folder, 'runs/boston-common-seed1'))).toContain('plot.svg');
});

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
