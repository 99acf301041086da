import { existsSync, readFileSync } from 'node:fs';

/** From dist/src, and from src, which some tests read. */
const PLACES = ['../../package.json', '../package.json'].map((at) => new URL(at, import.meta.url));

/** Of edgemlsim, as `package.json` has it. */
export function packageVersion(): string {
  const text = readFileSync(PLACES.find(existsSync)!, 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** A hash of the compiled program, which the build writes; null where the sources themselves run. */
export function programBuild(): string | null {
  try {
    return readFileSync(new URL('./build-hash', import.meta.url), 'utf8');
  } catch {
    return null;
  }
}
