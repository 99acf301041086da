import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tenSeconds } from '../report/hand-made-journal.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** Entries beyond the rows that a Parquet file writes at once. */
export const MANY = 45_000;

/** A study of two arms, one run each, with hand-made journals; the second one is long. */
export async function smallStudy(name: string): Promise<string> {
  const dir = temporaryFolder(name);
  const runs = ['mean', 'median'].map((arm, index) => ({
    ...{ arm, levels: { rule: arm }, variant: null, seed: index + 1, folder: `${arm}/seed-7` },
    reached: [{ accuracy: 0.5 }],
  }));
  for (const { folder } of runs) {
    mkdirSync(join(dir, folder), { recursive: true });
    const journal = tenSeconds();
    if (folder.startsWith('median')) {
      for (let time = 0; time < MANY; time++) {
        journal.at(10 + time, { type: 'enter-region', worker: `w${time % 3}` });
      }
    }
    await journal.save(join(dir, folder));
  }
  writeFileSync(join(dir, 'study.json'), JSON.stringify({ name: 'small', window: 1, runs }));
  return dir;
}
