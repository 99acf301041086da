import { join } from 'node:path';
import { ensureFolder } from '../../ensure-folder.ts';
import { isSimulated } from '../../journal/reader.ts';
import type { Column } from '../../report/format/columns.ts';
import { checkHasBegun } from '../../report/run/begun.ts';
import { evaluatedFacts } from '../../report/run/evaluated-facts.ts';
import { type RunRecord, readRunRecord } from '../../report/run/run-record.ts';
import { basicsOf } from '../../report/study/run-essentials.ts';
import { studyResult } from '../../report/study/study-runs.ts';
import type { ExportedRun, ExportedRuns } from '../exported-runs.ts';
import { ParquetFile } from './parquet-file.ts';
import {
  closingColumns,
  type EvaluationLine,
  evaluationColumns,
  journalColumns,
  runColumns,
} from './tables.ts';

const TABLES = ['runs', 'evaluations', 'aggregations', 'events'] as const;

type TableName = (typeof TABLES)[number];

/**
 * Writes runs.parquet, evaluations.parquet, aggregations.parquet and events.parquet into `out`, or some
 * of them, from the journals, each read once. Returns the paths.
 */
export async function writeParquet(
  exported: ExportedRuns,
  out: string,
  names: readonly TableName[] = TABLES,
): Promise<string[]> {
  ensureFolder(out);
  const tables = new Tables(exported, out, names);
  try {
    for (const run of exported.runs) await tables.add(run);
    return tables.finish();
  } catch (error) {
    tables.abandon();
    throw error;
  }
}

/** The files, of all runs. */
class Tables {
  readonly #options: ExportedRuns['options'];
  readonly #paths;
  readonly #files;

  constructor({ runs, options }: ExportedRuns, out: string, names: readonly TableName[]) {
    this.#options = options;
    const path = (name: TableName) => join(out, `${name}.parquet`);
    const factors = Object.keys(runs[0]!.levels);
    this.#paths = names.map(path);
    const file = <Row>(name: TableName, columns: readonly Column<Row>[]) =>
      names.includes(name) ? new ParquetFile(path(name), columns) : null;
    this.#files = {
      runs: file('runs', runColumns(factors, options.reach)),
      evaluations: file('evaluations', evaluationColumns),
      aggregations: file('aggregations', closingColumns),
      events: file('events', journalColumns),
    };
  }

  async add(exported: ExportedRun): Promise<void> {
    const { dir, ...run } = exported;
    const { runs, evaluations, aggregations, events } = this.#files;
    const found: EvaluationLine[] = [];
    const journalFile = join(dir, 'journal.jsonl');
    const record = await readRunRecord(journalFile, (line) => {
      events?.add({ run: run.folder, line });
      if (!isSimulated(line)) return;
      if (line.type === 'aggregated' || line.type === 'no-result') {
        aggregations?.add({ run: run.folder, line });
      } else if (line.type === 'evaluated') {
        found.push({ run: run.folder, server: line.server, facts: evaluatedFacts(line) });
      }
    });
    checkHasBegun(record, journalFile);
    for (const line of withCounts(found, record)) evaluations?.add(line);
    const result = studyResult({ ...run, seed: record.seed }, basicsOf(record), this.#options);
    runs?.add({ result, record });
  }

  finish(): string[] {
    for (const file of Object.values(this.#files)) file?.finish();
    return this.#paths;
  }

  abandon(): void {
    for (const file of Object.values(this.#files)) file?.abandon();
  }
}

/** Where the cloud was evaluated, what the whole system had done by then. */
function withCounts(lines: readonly EvaluationLine[], { rows }: RunRecord): EvaluationLine[] {
  const counted = new Map(rows.map((row) => [row.event, row]));
  return lines.map((line) => ({ ...line, facts: counted.get(line.facts.event!) ?? line.facts }));
}
