import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemRefusal } from '../system-refusal.ts';

/** What the system refused at a path, in words, with what to do; its own message for anything else. */
export function refusalText(error: NodeJS.ErrnoException & { dest?: string }): string {
  const { code, syscall, message } = error;
  const path = error.dest ?? error.path;
  if (path === undefined || path === '') return message;
  const above = dirname(path);
  switch (code) {
    case 'EISDIR':
      return `${path} is a folder, where a file is expected\n  give the name of a file`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${fileIn(path)} is a file, where a folder is expected\n  give another name`;
    case 'ENOENT':
      if (!existsSync(above)) return `${path}: there is no folder ${above}\n  make it first`;
      return syscall === 'mkdir'
        ? `${path}: no folder can be made in ${above}\n  give another name`
        : message;
    case 'ENOSPC':
      return `${path}: no space left on the disk\n  make room, and give the command again`;
    case 'EACCES':
    case 'EPERM':
      return `${path}: ${systemRefusal(error)}\n  check who may read and write it (ls -l), or give another name`;
    default: {
      const why = systemRefusal(error);
      return why.includes(path) ? why : `${path}: ${why}`;
    }
  }
}

/** The part of a path that is a file. */
function fileIn(path: string): string {
  const isFile = existsSync(path) && statSync(path).isFile();
  return isFile || dirname(path) === path ? path : fileIn(dirname(path));
}
