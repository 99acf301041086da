// Builds the page to dist/src/live-page/page, unless that is newer than all its sources.
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const client = fileURLToPath(new URL('.', import.meta.url));
const output = 'dist/src/live-page/page/index.html';
const folders = [client, 'src/live-page/shared', 'src/live-page/drawing'];
const sources = [
  ...folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  ),
  ...['src/journal/marks.ts', 'package-lock.json'],
];
const builtMs = statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (sources.some((path) => statSync(path).mtimeMs > builtMs)) {
  const { build } = await import('vite');
  await build({ configFile: `${client}vite.config.ts`, logLevel: 'warn' });
}
