import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Whether this process is of its terminal's foreground job, as far as can be found out. Whoever is
 * not is stopped by the system when it sets or reads the terminal.
 */
export function isInForeground(): boolean {
  const [own, foreground] = processGroups();
  return own !== undefined && own === foreground;
}

/** Of this process, and of its terminal's foreground. */
function processGroups(): string[] {
  try {
    // Behind the command's name, which may hold anything: state, parent, group, session, terminal.
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\)\s*/s, '')
      .split(' ');
    return [fields[2]!, fields[5]!];
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)], {
      encoding: 'utf8',
    });
    return (stdout ?? '').trim().split(/\s+/).filter(Boolean);
  }
}
