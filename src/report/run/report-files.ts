import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemRefusal } from '../../system-refusal.ts';
import { writeAtomically } from '../../write-atomically.ts';

export interface WrittenFiles {
  /** Names. */
  files: string[];
  /** Why the others could not be written, and what to do; null where all were. */
  refused: string | null;
}

/**
 * Writes files into a run folder, each as a whole or not at all. One whose text is null is removed,
 * for it is of an earlier report of the same run. A folder that cannot be written is no failure:
 * what it says can still be shown.
 */
export async function writeReportFiles(
  runDir: string,
  texts: Readonly<Record<string, string | null>>,
): Promise<WrittenFiles> {
  const files: string[] = [];
  for (const [name, text] of Object.entries(texts)) {
    const path = join(runDir, name);
    try {
      if (text === null) await rm(path, { force: true });
      else writeAtomically(path, text);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      const advice =
        code === 'ENOSPC'
          ? `make room, and give \`edgemlsim report ${runDir}\` again`
          : 'copy journal.jsonl into a folder that can be written, and report on that one';
      return { files, refused: `${path} cannot be written: ${systemRefusal(error)}\n  ${advice}` };
    }
    if (text !== null) files.push(name);
  }
  return { files, refused: null };
}
