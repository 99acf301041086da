import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The configs and studies, or the folders of scenarios, that come with the program. */
export function filesListed(
  what: 'configs' | 'scenarios',
): { kind: string; name: string; summary: string }[] {
  const folder = what === 'configs' ? 'configs' : 'sumo-scenarios';
  const ends = what === 'configs' ? '.yaml' : 'README.md';
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ends))
    .sort()
    .map((file) => ({
      kind: kindOf(what, file),
      name: what === 'configs' ? join(folder, file) : join(folder, dirname(file)),
      summary: firstSentence(readFileSync(join(ROOT, folder, file), 'utf8'), what === 'scenarios'),
    }))
    .sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0));
}

function kindOf(what: 'configs' | 'scenarios', file: string): string {
  if (what === 'scenarios') return 'scenario';
  return file.endsWith('.study.yaml') ? 'study' : 'config';
}

/** Of the comment at the top of a YAML file, or the first paragraph of a page. */
function firstSentence(text: string, isPage: boolean): string {
  const lines = text
    .split('\n')
    .slice(isPage ? 1 : 0)
    .map((line) => line.replace(/^#+ ?/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('yaml-language-server'));
  const paragraph = lines.slice(0, 6).join(' ');
  return /^.*?[.?](?= |$)/.exec(paragraph)?.[0] ?? lines[0] ?? '';
}
