import { isAbsolute, join, relative } from 'node:path';

/** A file below the working directory from there: a report that is sent shows no more of the machine. */
export function fromHere(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}

/** The same of all files that a text names. */
export function textFromHere(text: string): string {
  const here = join(process.cwd(), '/');
  return here === '/' ? text : text.replaceAll(here, '');
}
