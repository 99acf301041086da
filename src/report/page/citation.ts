import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { ReportPage } from './page.ts';

interface CitationFile {
  title: string;
  version: string;
  authors: readonly { name: string }[];
}

/** How to cite the program, from CITATION.cff. `version`: that of the runs. */
export function citation(version: string | null): ReportPage['citation'] {
  const file = join(packageFolder(), 'CITATION.cff');
  const { title, version: own, authors } = parse(readFileSync(file, 'utf8')) as CitationFile;
  const names = authors.map(({ name }) => name).join(', ');
  const used = version ?? own;
  return {
    text: `${names}. ${title}. Version ${used}. Computer software.`,
    bibtex: [
      '@software{edgemlsim,',
      `  author  = {{${names}}},`,
      `  title   = {{${title}}},`,
      `  version = {${used}}`,
      '}',
    ].join('\n'),
  };
}

/** The nearest folder above with a CITATION.cff: compiled files lie one folder deeper than sources. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'CITATION.cff')) && dirname(folder) !== folder) {
    folder = dirname(folder);
  }
  return folder;
}
