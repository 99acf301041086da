import { readFileSync } from 'node:fs';

/** The row of a table in the docs about something that has a name. */
export interface PageEntry {
  name: string;
  /** The page, and the heading above the table. */
  page: string;
  heading: string;
  /** Header and text of the other cells, without the empty ones. */
  facts: [header: string, text: string][];
}

/**
 * Pages whose tables name each thing once: what `npm run docs` writes, events, tables of a terminal, the
 * glossary, exit codes.
 */
const PAGES = [
  ...['options', 'rules', 'columns', 'journal', 'printed-tables', 'glossary', 'exit-codes'],
];

/** Every named row of these pages, in their order. */
export function pageEntries(): PageEntry[] {
  return PAGES.flatMap((page) => {
    const file = new URL(`../../../docs/${page}.md`, import.meta.url);
    return entriesOf(`docs/${page}.md`, readFileSync(file, 'utf8'));
  });
}

/** Names that `explain` explains, each once. */
export function explainedNames(): string[] {
  return [...new Set(pageEntries().map(({ name }) => name))];
}

/** The rows of a page's tables, each as often as its first cell has names. */
export function entriesOf(page: string, markdown: string): PageEntry[] {
  const entries: PageEntry[] = [];
  let heading = '';
  let headers: string[] = [];
  for (const line of markdown.split('\n')) {
    if (line.startsWith('#')) heading = line.replace(/^#+ /, '');
    if (!line.startsWith('|')) {
      headers = [];
      continue;
    }
    const cells = line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim());
    if (headers.length === 0) {
      headers = cells;
      continue;
    }
    const [first = '', ...others] = cells;
    const facts = others.flatMap((text, i): [string, string][] =>
      text === '' || text === '-' ? [] : [[headers[i + 1] ?? '', plain(text)]],
    );
    for (const name of namesIn(first)) entries.push({ name, page, heading, facts });
  }
  return entries;
}

/** Names in a first cell: in code, in bold, or as a link. */
function namesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]*]+)\]/g)].map(
    ([, code, bold, link]) => code ?? bold ?? link ?? '',
  );
}

/** Markdown as a terminal shows it. */
function plain(text: string): string {
  return text
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replace(/[`*]/g, '')
    .replaceAll('\\|', '|');
}
