import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RunOrigin } from '../provenance.ts';

export function runOrigin(): RunOrigin {
  // Asked once: a process of a study makes many runs.
  commit = commit === undefined ? commitOf(PACKAGE) : commit;
  return { id: randomUUID(), commandLine: process.argv.slice(1), commit };
}

let commit: string | null | undefined;

const PACKAGE = fileURLToPath(new URL('../../..', import.meta.url));
const GIT_MS = 10_000;

/** Null where the folder is not the top of a checkout, or git is not installed. */
export function commitOf(folder: string): string | null {
  const git = (...args: string[]) => {
    // Set inside a git hook, these name another checkout.
    const env = { ...process.env, GIT_DIR: undefined, GIT_WORK_TREE: undefined };
    const options = { cwd: folder, encoding: 'utf8', timeout: GIT_MS, env } as const;
    const { status, stdout } = spawnSync('git', args, options);
    return status === 0 ? stdout.trim() : null;
  };
  const top = git('rev-parse', '--show-toplevel');
  // Installed among the packages of a project, it would get that project's commit.
  if (top === null || realpathSync(top) !== realpathSync(folder)) return null;
  const commit = git('describe', '--always', '--abbrev=40', '--exclude=*');
  // describe --dirty takes the lock of the index: a process killed meanwhile would leave the checkout locked.
  const changed = git('--no-optional-locks', 'status', '--porcelain', '--untracked-files=no');
  return commit === null || changed === null || changed === '' ? commit : `${commit}-dirty`;
}
