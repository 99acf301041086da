import { join } from 'node:path';
import { completeLayers } from '../config/complete-layers.ts';
import { type Config, configSchema } from '../config/config-schema.ts';
import { readYaml } from '../config/yaml-document.ts';
import { type RunRecord, readRunRecord } from '../report/run/run-record.ts';
import { isTaken } from './folder-lock.ts';
import { checkIsRun, type RunStatus, statusOf } from './run-folder.ts';
import type { RunSummary } from './run-summary.ts';

/** Contents of the folder of a run. */
export interface ReadRun {
  /** Every default filled in, every path absolute. */
  config: Config;
  /**
   * `done`, `diverged` and `untrained`: it came to its end. `stopped`, `interrupted` and `killed`: it
   * can be resumed, as can one that `failed` for a reason outside of it. `running`: a process is at work.
   */
  status: RunStatus['status'] | 'killed';
  /** Why the run failed; null for others. */
  error: string | null;
  /** How the run ended or stopped; null where it has not. */
  summary: RunSummary | null;
  /** All that the journal says of the run, as far as it goes. */
  record: RunRecord;
}

/**
 * Reads the run in a folder, finished or not. Changes no file, and does not disturb a run in
 * progress.
 *
 * Throws InputError for a folder without a run or with a damaged file, with the line of a journal.
 */
export async function readRun(folder: string): Promise<ReadRun> {
  checkIsRun(folder);
  const { value } = await readYaml(join(folder, 'config.resolved.yaml'));
  const config = completeLayers(configSchema.parse(value));
  const { status = 'running', error = null, summary = null } = statusOf(folder) ?? {};
  return {
    config,
    status: status === 'running' && !isTaken(folder) ? 'killed' : status,
    error,
    summary: summary && { ...summary, runDir: folder },
    record: await readRunRecord(join(folder, 'journal.jsonl')),
  };
}
