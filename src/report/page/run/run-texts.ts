import type { RunFacts } from '../../run/run-facts.ts';
import { csvFiles, svgFiles } from '../../run/run-report.ts';
import { pageFiles, type ReportFormat } from '../formats.ts';
import type { ReportedMap } from './map.ts';
import { runPage } from './run-page.ts';

/**
 * The files of a run's report in some formats, by name; null: one that there is not. `map` is called
 * where one of them shows it.
 */
export async function runTexts(
  facts: RunFacts,
  formats: readonly ReportFormat[],
  map: () => Promise<ReportedMap>,
): Promise<Record<string, string | null>> {
  return {
    ...(await pageFiles(formats, async () => runPage(facts, await map()))),
    ...(formats.includes('csv') ? csvFiles(facts) : {}),
    ...(formats.includes('svg') ? await svgFiles(facts) : {}),
  };
}
