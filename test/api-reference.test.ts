import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const { exports: entries } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, string | { types: string }>;
};

describe('the API reference', () => {
  // That each export has a docstring, and each type that one names is exported, is found where .ci/run
  // builds the site: TypeDoc itself fails at what does not.
  it('has every module that the package exports, and the site an entry for each', async () => {
    const { apiSidebar } = (await import(join('..', 'docs/.vitepress/sidebar.mjs'))) as {
      apiSidebar: (exported: object) => { items: { text: string; link: string }[] };
    };
    const { entryPoints } = JSON.parse(readFileSync('docs/.vitepress/typedoc.json', 'utf8')) as {
      entryPoints: string[];
    };
    const declared = Object.values(entries).flatMap((entry) =>
      typeof entry === 'string' ? [] : entry.types,
    );
    const sources = declared.map((types) =>
      types.replace(/^\.\/dist\/(.*)\.d\.ts$/, '../../$1.ts'),
    );
    expect(entryPoints.toSorted()).toEqual(sources.toSorted());
    expect(apiSidebar(entries).items).toHaveLength(sources.length);
    expect(apiSidebar(entries).items).toContainEqual({
      text: 'edgemlsim/rules/toolbox',
      link: '/api/edgemlsim/rules/toolbox.md',
    });
  });
});

describe.each(['aggregators', 'pre-aggregators', 'attacks'])('edgemlsim/%s', (folder) => {
  const source = readFileSync(`src/standalone/${folder}.ts`, 'utf8');
  const files = new Map(
    [...source.matchAll(/^import (\w+)Rule from '\.\.\/\.\.\/(.*)';$/gm)].map(([, name, file]) => [
      name!,
      file!,
    ]),
  );
  const described = [...source.matchAll(/^\/\*\*\n((?: \*.*\n)+?) \*\/\nexport const (\w+) =/gm)];

  it('describes every rule', () => {
    expect(described.map(([, , name]) => name)).toEqual([...files.keys()]);
  });

  it.each(described.map(([, text, name]) => [name!, text!] as const))(
    'describes %s as its file does',
    (name, text) => {
      const [, whole] = /\/\*\*\n((?: \*.*\n)+?) \*\/\nexport default/.exec(
        readFileSync(files.get(name)!, 'utf8'),
      )!;
      for (const part of text.split(/^ \*\n|^(?= \* (?:Needs|Source:))/m)) {
        expect(plain(whole!)).toContain(plain(part));
      }
      for (const word of ['Needs ', 'Source: ']) {
        if (plain(whole!).includes(` ${word}`)) expect(plain(text)).toContain(word);
      }
    },
  );
});

/** The text of a comment in one line. */
function plain(comment: string): string {
  return comment.replaceAll(/\s*^ \*\s*/gm, ' ').trim();
}
