import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import type { ReportedMap } from '../../report/page/run/map.ts';
import { hasItsFiles } from '../../study/study-state.ts';

/**
 * The map of a run, from the trace and the network that its config names: a report has no other place
 * to take it from. Says why there is none.
 */
export async function mapOfRun(runDir: string): Promise<ReportedMap> {
  if (!hasItsFiles(runDir)) {
    return { why: 'trace or network are not the files that the run began with.' };
  }
  const { givenScenario } = await import('./given-scenario.ts');
  const { drawnMap } = await import('./draw-map.ts');
  try {
    const { trace, network, networkFile, own } = await givenScenario(
      [join(runDir, 'config.resolved.yaml')],
      {},
    );
    const { name = '', sites = [], regions } = own ?? {};
    const svg = await drawnMap({ title: name, trace, network, networkFile, sites, regions });
    return { svg, sites: sites.map(({ server, xM, yM, rangeM }) => ({ server, xM, yM, rangeM })) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const [first] = error.message.split('\n');
    return { why: `${first}.` };
  }
}
