// The documentation site: `npm run docs:site` writes it to dist/site, with the pages that typedoc has
// written to api/. Links that lead nowhere fail.
import { cpSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { apiSidebar, sidebarFrom } from './sidebar.mjs';

const { exports: entries } = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
);
const map = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');

/** Pages become modules that import Vue, and those that lie outside this folder do not find it. */
const installedHere = {
  name: 'installed-here',
  enforce: 'pre',
  resolveId(id, _importer, options) {
    if (!/^vue(?:\/|$)/.test(id)) return null;
    if (options.ssr) return { id, external: true };
    return this.resolve(id, fileURLToPath(import.meta.url), { ...options, skipSelf: true });
  },
};

/** A file that a study wrote under docs/studies; the site's own links to pages lack `.html` where they are checked. */
const STUDY_FILE = /studies\/[^/]+\/(?:report(?:\.html)?|study\.ipynb)$/;

/** Without a target the site's router would look for a page of its own behind such a link. */
function openStudyFilesAsFiles(markdown) {
  markdown.core.ruler.push('study-files', ({ tokens }) => {
    for (const token of tokens.flatMap((block) => block.children ?? [])) {
      if (token.type === 'link_open' && STUDY_FILE.test(token.attrGet('href')))
        token.attrSet('target', '_self');
    }
  });
}

export default defineConfig({
  title: 'edgemlsim',
  description: 'A mobility-aware fault-tolerance testbed for distributed learning at the edge',
  base: process.env.DOCS_BASE ?? '/',
  srcDir: '..',
  srcExclude: ['**/node_modules/**', 'runs/**', 'test/**', 'dist/**', 'bench/**', 'configs/**'],
  outDir: '../dist/site',
  cacheDir: '../dist/site-cache',
  vite: { plugins: [installedHere] },
  rewrites: { 'docs/README.md': 'docs/index.md', 'README.md': 'index.md' },
  // A folder and files of the repository, which are no pages.
  ignoreDeadLinks: ['./docs/adr', './CITATION.cff', STUDY_FILE],
  markdown: { html: false, config: openStudyFilesAsFiles },
  // What a study wrote is shown as it is.
  buildEnd: ({ outDir }) => {
    cpSync(fileURLToPath(new URL('../studies', import.meta.url)), `${outDir}/docs/studies`, {
      recursive: true,
      filter: (path) => !path.endsWith('.md'),
    });
  },
  themeConfig: {
    nav: [
      { text: 'All pages', link: '/docs/' },
      { text: 'API', link: '/api/' },
    ],
    sidebar: [...sidebarFrom(map), apiSidebar(entries)],
    search: { provider: 'local' },
    outline: [2, 3],
  },
});
