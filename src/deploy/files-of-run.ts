import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Config } from '../config/config-schema.ts';

/** Folders and files that the processes of a run read here: each once, none inside another. */
export function filesOfRun(config: Config, configFile: string, main: string): string[] {
  const paths = [...programFolders(main), dirname(resolve(configFile)), ...pathsIn(config)];
  const once = [...new Set(paths)];
  return once.filter((path) => !once.some((other) => other !== path && isInside(path, other)));
}

/** Where the program and the packages that it imports are, by the real path of its main file. */
function programFolders(main: string): string[] {
  const own = packageFolder(main);
  const modules = `${sep}node_modules`;
  // Installed as a package: what it imports is beside it, or, by pnpm, somewhere in the outermost.
  const outermost = own.indexOf(`${modules}${sep}`);
  const installed = outermost === -1 ? own : own.slice(0, outermost + modules.length);
  const packages = join(own, 'node_modules');
  return [installed, ...(existsSync(packages) ? [realpathSync(packages)] : [])];
}

/** The one that holds package.json. */
function packageFolder(main: string): string {
  for (let folder = dirname(main); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  return dirname(main);
}

/** A config names files by absolute paths once it is loaded. */
function pathsIn(value: unknown): string[] {
  if (typeof value === 'string') return isAbsolute(value) && existsSync(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : [];
}

function isInside(path: string, folder: string): boolean {
  return !relative(folder, path).startsWith('..');
}
