import { join } from 'node:path';
import type { JournalLine } from '../journal/events.ts';
import { isSimulated } from '../journal/reader.ts';
import type { Column } from '../report/format/columns.ts';
import { aggregationColumns } from '../report/run/aggregations.ts';
import { checkHasBegun } from '../report/run/begun.ts';
import { evaluatedFacts } from '../report/run/evaluated-facts.ts';
import { type MetricsRow, metricsColumns } from '../report/run/metrics.ts';
import { type RunRecord, readRunRecord } from '../report/run/run-record.ts';
import type { ExportedRun } from './exported-runs.ts';

/** Scalars of one moment. */
export interface Scalars {
  /** Seconds, of the simulated clock. */
  timeS: number;
  /** Updates of the server's model. */
  step: number;
  /** A tag is the name of a column, a slash and the server. */
  values: readonly { tag: string; value: number }[];
}

/** Of a row: its time, its step and what they are of, which are no scalars over steps. */
const NO_SCALARS = new Set(['sim_time_s', 'wall_time_s', 'round', 'version', 'epoch']);

/** Evaluations and aggregations of all servers of a run, in the order of its journal. */
export async function runScalars({
  dir,
}: ExportedRun): Promise<{ record: RunRecord; moments: Scalars[] }> {
  const moments: (Scalars & { event: number })[] = [];
  const evaluated: { server: string; facts: Partial<MetricsRow> }[] = [];
  const journalFile = join(dir, 'journal.jsonl');
  const record = await readRunRecord(journalFile, (line: JournalLine) => {
    if (!isSimulated(line)) return;
    if (line.type === 'evaluated') {
      evaluated.push({ server: line.server, facts: evaluatedFacts(line) });
    } else if (line.type === 'aggregated') {
      const values = scalarsOf(
        aggregationColumns,
        line,
        (name) => `aggregated_${name}/${line.server}`,
      );
      const { n: event, timeUs, version: step } = line;
      moments.push({ event, timeS: timeUs / 1e6, step, values });
    }
  });
  checkHasBegun(record, journalFile);
  const counted = new Map(record.rows.map((row) => [row.event, row]));
  for (const { server, facts } of evaluated) {
    const event = facts.event!;
    const row = counted.get(event) ?? facts;
    const values = scalarsOf(metricsColumns, row, (name) => `${name}/${server}`);
    moments.push({ event, timeS: row.simTimeS!, step: row.updates ?? row.version!, values });
  }
  return { record, moments: moments.sort((a, b) => a.event - b.event) };
}

/** The numbers of a row; numbers that are not finite are text in it. */
function scalarsOf<Line>(
  columns: readonly Column<Line>[],
  line: Line,
  tagOf: (name: string) => string,
): Scalars['values'] {
  return columns.flatMap(({ name, type, value }) => {
    if ((type !== 'integer' && type !== 'number') || NO_SCALARS.has(name)) return [];
    const found = value(line);
    return found === null || found === undefined ? [] : { tag: tagOf(name), value: Number(found) };
  });
}
