import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SHIPPED } from '../../tools/shipped.ts';

/** Words without a technical use here: a number, a noun or a term of the glossary says more. */
const AVOIDED =
  /\b(anew|so many|so-manieth|nobody|whoever|in step|roster|whereabouts|makings|liars?|parcels?|strangers?|newcomers?|such a share|for so long|chances?|books)\b/gi;

const roots = [...SHIPPED, 'test', 'bench', 'tools'];
const sources = roots.flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('words.test.ts'))
    .map((file) => join(root, file)),
);
const pages = ['docs', 'docs/adr'].flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((page) => `${folder}/${page}`),
);

const configs = readdirSync('configs', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => join('configs', file));
const rootPages = readdirSync('.').filter((file) => file.endsWith('.md'));

it('no source, config or page has a word that the project avoids', () => {
  const found = [...sources, ...pages, ...configs, ...rootPages].flatMap((file) =>
    avoidedIn(readFileSync(file, 'utf8')).map((word) => `${file}: ${word}`),
  );
  expect(found).toEqual([]);
});

it('would be found out', () => {
  const text = '/** Drawn anew: so\n * many. */ // a liar, as\n// Nobody knew. Belief and anewest.';
  expect(avoidedIn(text)).toEqual(['anew', 'so many', 'liar', 'Nobody']);
});

function avoidedIn(text: string): string[] {
  const prose = text.replace(/\s*\n\s*(\*|\/\/)?\s*/g, ' ');
  return [...prose.matchAll(AVOIDED)].map(([word]) => word);
}
