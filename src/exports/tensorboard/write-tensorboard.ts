import { join } from 'node:path';
import { ensureFolder } from '../../ensure-folder.ts';
import { writeAtomically } from '../../write-atomically.ts';
import type { ExportedRuns } from '../exported-runs.ts';
import { runScalars } from '../run-scalars.ts';
import { encodeEventFile } from './event-file.ts';

/** TensorBoard takes any file with `tfevents` in its name; one name, so that it is replaced. */
const EVENT_FILE = 'events.out.tfevents.0.edgemlsim';

/** Writes an event file for each run into a folder of its own in `out`. Returns the paths. */
export async function writeTensorboard({ runs }: ExportedRuns, out: string): Promise<string[]> {
  const paths: string[] = [];
  for (const run of runs) {
    const folder = join(out, run.folder);
    const { moments } = await runScalars(run);
    ensureFolder(folder);
    const path = join(folder, EVENT_FILE);
    writeAtomically(path, encodeEventFile(moments));
    paths.push(path);
  }
  return paths;
}
