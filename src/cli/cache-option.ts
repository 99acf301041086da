import { type Command, Option } from 'commander';
import { NO_CACHE } from '../no-cache.ts';

/** Of every command that reads a trace; children of a command inherit it. */
export const cacheOption = (): Option =>
  new Option('--no-cache', 'read traces as if for the first time, and keep nothing of them');

/** Makes the option work. A process may perform several commands: each begins as the process did. */
export function heedCacheOption(program: Command): void {
  const inherited = process.env[NO_CACHE];
  program.hook('preAction', (_, command) => {
    if (command.opts<{ cache?: boolean }>().cache === false) process.env[NO_CACHE] = '1';
    else if (inherited === undefined) delete process.env[NO_CACHE];
    else process.env[NO_CACHE] = inherited;
  });
}
