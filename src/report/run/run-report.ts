import { join } from 'node:path';
import { isSimulated } from '../../journal/reader.ts';
import { CollectedTally, collectedCsv } from '../data/collected.ts';
import { collectedPlot } from '../data/owned-data-plot.ts';
import { treeFiles } from '../hierarchy/tree-report.ts';
import { aggregationsCsv, type ServerClosing } from './aggregations.ts';
import { ConcentrationTally } from './concentration.ts';
import { faultPlot } from './fault-plot.ts';
import { type Handover, HandoverTally, handoversCsv } from './handovers.ts';
import { metricsCsv } from './metrics.ts';
import { type WrittenFiles, writeReportFiles } from './report-files.ts';
import { runPlot } from './run-plot.ts';
import { type RunRecord, readRunRecord } from './run-record.ts';

/**
 * Writes metrics.csv, aggregations.csv and plot.svg into a run folder, from its journal alone;
 * handovers.csv where a worker was handed over, faults.svg where a node was Byzantine or kappa is
 * known, samples.csv and samples.svg where workers collect what they learn from. `check` is called before anything is
 * written. Returns the files' names beside the record.
 */
export async function writeRunReport(
  runDir: string,
  check: (record: RunRecord) => void = () => {},
): Promise<{ record: RunRecord } & WrittenFiles> {
  const closings: ServerClosing[] = [];
  const concentration = new ConcentrationTally();
  const collected = new CollectedTally();
  const handovers: Handover[] = [];
  const handoverTally = new HandoverTally();
  const record = await readRunRecord(join(runDir, 'journal.jsonl'), (line) => {
    if (!isSimulated(line)) return;
    concentration.add(line);
    if (line.type === 'associate') handovers.push(...[handoverTally.add(line) ?? []].flat());
    collected.add(line);
    if (line.type === 'aggregated' || line.type === 'no-result') closings.push(line);
  });
  check(record);
  const { name, seed, simTimeS } = record;
  const spans = concentration.spans(simTimeS * 1e6);
  const texts = {
    'metrics.csv': metricsCsv(record.rows),
    'aggregations.csv': aggregationsCsv(closings),
    'handovers.csv': handovers.length === 0 ? null : handoversCsv(handovers),
    ...(await samplesFiles(name, collected)),
    'plot.svg': await runPlot(record),
    ...(await treeFiles(name, record.tree)),
    'faults.svg': await faultPlot({ name, seed, simTimeS, closings, spans }),
  };
  return { record, ...(await writeReportFiles(runDir, texts)) };
}

/** Of a run whose workers collect samples where they are. */
async function samplesFiles(
  name: string,
  collected: CollectedTally,
): Promise<Record<string, string | null>> {
  const { lines } = collected;
  if (lines.length === 0) return { 'samples.csv': null, 'samples.svg': null };
  const owned = { regions: collected.owned('region'), workers: collected.owned('worker') };
  return { 'samples.csv': collectedCsv(lines), 'samples.svg': await collectedPlot(name, owned) };
}
