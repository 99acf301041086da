import { fileURLToPath } from 'node:url';
import { FOLLOWS_STUDY } from './follow-study.ts';

/** How this program is started. */
export const PROGRAM = [
  process.execPath,
  fileURLToPath(new URL('./main.js', import.meta.url)),
] as const;

/** How a study starts processes that take their runs from it. */
export const runProcesses = { program: PROGRAM, environment: { [FOLLOWS_STUDY]: '1' } };
