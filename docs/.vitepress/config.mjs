// The documentation site: `npm run docs:site` writes it to dist/site, with the pages that typedoc has
// written to api/. Links that lead nowhere fail.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { apiSidebar, sidebarFrom } from './sidebar.mjs';

const { exports: entries } = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'),
);
const map = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');

export default defineConfig({
  title: 'edgemlsim',
  description: 'A mobility-aware fault-tolerance testbed for distributed learning at the edge',
  base: process.env.DOCS_BASE ?? '/',
  srcDir: '..',
  srcExclude: ['**/node_modules/**', 'runs/**', 'test/**', 'dist/**', 'bench/**', 'configs/**'],
  outDir: '../dist/site',
  cacheDir: '../dist/site-cache',
  rewrites: { 'docs/README.md': 'docs/index.md', 'README.md': 'index.md' },
  // A folder and a file of the repository, which are no pages.
  ignoreDeadLinks: ['./docs/adr', './CITATION.cff'],
  markdown: { html: false },
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
