import { homedir } from 'node:os';
import { join } from 'node:path';

/** Of this user. Traces that SUMO has made are in there, and the program's code as the engine has compiled it. */
export function userCacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'edgemlsim');
}
