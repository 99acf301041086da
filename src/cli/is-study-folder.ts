import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a folder is that of a study, and not of a run. */
export function isStudyFolder(folder: string): boolean {
  const holds = (name: string) => existsSync(join(folder, name));
  return !holds('journal.jsonl') && (holds('study.json') || holds('plan.json'));
}
