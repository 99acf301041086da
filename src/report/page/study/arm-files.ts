import { join } from 'node:path';
import { grouped } from '../../format/grouped.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import { type RunFiles, readRunFiles } from '../run-files.ts';

/** The first run of an arm, and the files beside its journal. */
export interface ArmFiles {
  arm: string;
  variant: string | null;
  runDir: string;
  files: RunFiles;
}

/** Those of every arm, and of each of its variants. */
export function armFiles({ studyDir, results }: StudyFacts): ArmFiles[] {
  const first = grouped(results, ({ arm, variant }) => `${arm} ${variant}`);
  return [...first.values()].map(([run]) => {
    const { arm, variant, folder } = run!;
    const runDir = join(studyDir, folder);
    return { arm, variant, runDir, files: readRunFiles(runDir) };
  });
}
