import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { architecturePicture } from '../../tools/architecture-picture.ts';
import { type ImportGraph, importGraph, reduced } from '../../tools/import-graph.ts';

const pages = readdirSync('docs').filter((file) => file.endsWith('.md'));
const decisions = readdirSync('docs/adr').map((file) => `adr/${file}`);

interface Group {
  text: string;
  items: { text: string; link: string }[];
}

describe('the documentation', () => {
  it('has every page in the sidebar of its site, which the map of all pages gives', async () => {
    const { sidebarFrom } = (await import(join('../..', 'docs/.vitepress/sidebar.mjs'))) as {
      sidebarFrom: (map: string) => Group[];
    };
    const groups = sidebarFrom(readFileSync('docs/README.md', 'utf8'));
    const links = groups.flatMap(({ items }) => items.map(({ link }) => link));
    const wanted = [...pages.filter((page) => page !== 'README.md'), ...decisions];
    expect(wanted.filter((page) => !links.includes(`/docs/${page}`))).toEqual([]);
    const known = links.filter((link) => link === '/' || existsSync(`.${link}`));
    expect(known).toEqual(links);
    expect(groups[0]!.text).toBe('Begin');
    expect(groups[0]!.items[0]).toEqual({ text: 'README', link: '/' });
  });

  const texts = [...pages.map((page) => `docs/${page}`), 'README.md', 'CONTRIBUTING.md'];
  it.each(texts)('names only paths that the repository has: %s', (file) => {
    const missing = pathsIn(readFileSync(file, 'utf8')).filter((path) => !existsSync(path));
    expect(missing).toEqual([]);
  });

  it('would be found out', () => {
    expect(pathsIn('`src/no/such.ts`, `attacks/NAME.ts`, `src/nodes/`, `configs/*.yaml`')).toEqual([
      'src/no/such.ts',
      'src/nodes/',
    ]);
  });
});

/** Paths of the repository in backticks, without placeholders (NAME), patterns and arguments. */
function pathsIn(markdown: string): string[] {
  const prose = markdown.replaceAll(/^```[\s\S]*?^```/gm, '');
  const roots =
    'src|test|configs|docs|aggregators|attacks|pre-aggregators|triggers|participants|tools|bench';
  const path = new RegExp(`^(?:${roots}|sumo-scenarios)/[\\w./-]*$`);
  return [...prose.matchAll(/`([^`\n]+)`/g)]
    .map(([, code]) => code!.replace(/:\d+$/, ''))
    .filter((code) => path.test(code) && !/[A-Z]{3,}(?!.*\.md$)/.test(code));
}

describe('the picture of the architecture', () => {
  const picture = readFileSync('docs/images/architecture.svg', 'utf8');
  const graph = importGraph('.');

  it('is drawn from today’s imports: npm run docs:picture', () => {
    expect(picture).toBe(architecturePicture(graph));
  });

  it('shows every room, and leads from each one to all that it imports', () => {
    const rooms = [...picture.matchAll(/data-room="([^"]+)"/g)].map(([, room]) => room!);
    expect(rooms.sort()).toEqual([...graph.keys()].sort());
    const drawn = new Map(rooms.map((room) => [room, new Set<string>()]));
    for (const [, from, to] of picture.matchAll(/data-from="([^"]+)" data-to="([^"]+)"/g)) {
      drawn.get(from!)!.add(to!);
    }
    for (const room of rooms) expect(reachable(drawn, room)).toEqual(reachable(graph, room));
  });

  it('leaves out an arrow that a longer way replaces, and no other', () => {
    const small = new Map([
      ['a', new Set(['b', 'c'])],
      ['b', new Set(['c'])],
      ['c', new Set<string>()],
    ]);
    expect([...reduced(small).get('a')!]).toEqual(['b']);
    expect([...reduced(small).get('b')!]).toEqual(['c']);
  });
});

function reachable(graph: ImportGraph, from: string): string[] {
  const found = new Set<string>();
  const visit = (room: string): void => {
    for (const next of graph.get(room) ?? []) {
      if (!found.has(next)) visit(next);
      found.add(next);
    }
  };
  visit(from);
  return [...found].sort();
}
