import { processesCsv } from '../costs/processes.ts';
import { collectedCsv } from '../data/collected.ts';
import { collectedPlot } from '../data/owned-data-plot.ts';
import { treeCsvFiles, treeSvgFiles } from '../hierarchy/tree-report.ts';
import { aggregationsCsv } from './aggregations.ts';
import { faultPlot } from './fault-plot.ts';
import { handoversCsv } from './handovers.ts';
import { metricsCsv } from './metrics.ts';
import { type WrittenFiles, writeReportFiles } from './report-files.ts';
import { type RunFacts, readRunFacts } from './run-facts.ts';
import { runPlot } from './run-plot.ts';
import type { RunRecord } from './run-record.ts';

/**
 * Writes the CSV files and the figures of a run into its folder, from its journal alone. `check` is
 * called before anything is written; `known`: what the journal says, where it has been read already. Returns
 * the files' names beside that.
 */
export async function writeRunReport(
  runDir: string,
  check: (record: RunRecord) => void = () => {},
  known: RunFacts | null = null,
): Promise<{ facts: RunFacts; record: RunRecord } & WrittenFiles> {
  const facts = known ?? (await readRunFacts(runDir));
  check(facts.record);
  const texts = { ...csvFiles(facts), ...(await svgFiles(facts)) };
  return { facts, record: facts.record, ...(await writeReportFiles(runDir, texts)) };
}

/**
 * metrics.csv and aggregations.csv; handovers.csv where a worker was handed over, samples.csv where
 * workers collect what they learn from, processes.csv of a live run, of a tree of models its own. Null: a
 * file that there is not.
 */
export function csvFiles({
  record,
  closings,
  handovers,
  collected,
}: RunFacts): Record<string, string | null> {
  const { lines } = collected;
  return {
    'metrics.csv': metricsCsv(record.rows),
    'aggregations.csv': aggregationsCsv(closings),
    'handovers.csv': handovers.length === 0 ? null : handoversCsv(handovers),
    'samples.csv': lines.length === 0 ? null : collectedCsv(lines),
    'processes.csv': processesCsv(record.processes),
    ...treeCsvFiles(record.tree),
  };
}

/**
 * plot.svg; faults.svg where a node was Byzantine or kappa is known, samples.svg where workers collect
 * what they learn from, of a tree of models its own. Null: a file that there is not.
 */
export async function svgFiles({
  record,
  closings,
  spans,
  collected,
}: RunFacts): Promise<Record<string, string | null>> {
  const { name, seed, simTimeS, tree } = record;
  const owned = { regions: collected.owned('region'), workers: collected.owned('worker') };
  return {
    'samples.svg': collected.lines.length === 0 ? null : await collectedPlot(name, owned),
    'plot.svg': await runPlot(record),
    ...(await treeSvgFiles(name, tree)),
    'faults.svg': await faultPlot({ name, seed, simTimeS, closings, spans }),
  };
}
