import { readRunRecord } from '../report/run-record.ts';
import type { RunFolder } from './run-folder.ts';
import type { RunSummary } from './run-summary.ts';

/** What a run came to, read from its journal. */
export async function summaryOf(folder: RunFolder, isDone: boolean): Promise<RunSummary> {
  const record = await readRunRecord(folder.journalFile);
  const status = isDone ? (record.diverged ? 'diverged' : 'done') : 'stopped';
  return {
    status,
    ended: record.ended,
    runDir: folder.dir,
    journalHash: record.extent.hash,
    rounds: record.rounds,
    simTimeS: record.simTimeS,
    wallTimeS: record.wallTimeS,
    gradients: record.gradients.started,
    computed: record.gradients.computed ?? record.gradients.aggregated,
    updates: record.updates,
    accuracy: record.accuracy,
    loss: record.loss,
    rmse: record.rmse,
    attackSuccess: record.attackSuccess,
    handovers: record.handovers,
    crashes: record.failures.crashes,
    cuts: record.failures.cuts,
    lost: record.gradients.lost,
    dropped: record.gradients.dropped,
    droppedNonFinite: record.nonFinite,
    staleness: record.staleness,
    faults: record.faults,
    waiting: record.waiting,
  };
}
