import { existsSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import type { Config } from '../experiment/config-schema.ts';

/** Folders and files that the processes of a run read here: each once, none inside another. */
export function filesOfRun(config: Config, configFile: string, main: string): string[] {
  const paths = [packageFolder(main), dirname(resolve(configFile)), ...pathsIn(config)];
  const once = [...new Set(paths)];
  return once.filter((path) => !once.some((other) => other !== path && isInside(path, other)));
}

/** The one that holds package.json. */
function packageFolder(main: string): string {
  for (let folder = dirname(main); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(resolve(folder, 'package.json'))) return folder;
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
