import { existsSync, readFileSync } from 'node:fs';

/** From dist/src, and from src, which some tests read. */
const PLACES = ['../../package.json', '../package.json'].map((at) => new URL(at, import.meta.url));

/** Of edgemlsim, as `package.json` has it. */
export function packageVersion(): string {
  const text = readFileSync(PLACES.find(existsSync)!, 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
