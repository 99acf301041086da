import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSimulated } from '../journal/reader.ts';
import { aggregationsCsv, type Closing } from './aggregations.ts';
import { ConcentrationTally } from './concentration.ts';
import { faultPlot } from './fault-plot.ts';
import { metricsCsv } from './metrics.ts';
import { runPlot } from './run-plot.ts';
import { type RunRecord, readRunRecord } from './run-record.ts';

/**
 * Writes metrics.csv, aggregations.csv and plot.svg into a run folder, from its journal alone; and
 * faults.svg where someone was faulty or kappa is known. Returns their names beside the record.
 */
export async function writeRunReport(
  runDir: string,
): Promise<{ record: RunRecord; files: string[] }> {
  const closings: Closing[] = [];
  const concentration = new ConcentrationTally();
  const record = await readRunRecord(join(runDir, 'journal.jsonl'), (line) => {
    if (!isSimulated(line)) return;
    concentration.add(line);
    if (line.type === 'aggregated' || line.type === 'no-result') closings.push(line);
  });
  const { name, seed, simTimeS } = record;
  const spans = concentration.spans(simTimeS * 1e6);
  const files = {
    'metrics.csv': metricsCsv(record.rows),
    'aggregations.csv': aggregationsCsv(closings),
    'plot.svg': await runPlot(record),
    'faults.svg': await faultPlot({ name, seed, simTimeS, closings, spans }),
  };
  const written: string[] = [];
  for (const [file, text] of Object.entries(files)) {
    // Of an earlier report of the same run, when it was not over.
    if (text === null) await rm(join(runDir, file), { force: true });
    else await writeFile(join(runDir, file), text);
    if (text !== null) written.push(file);
  }
  return { record, files: written };
}
