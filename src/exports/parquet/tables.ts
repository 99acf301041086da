import type { JournalLine } from '../../journal/events.ts';
import { type Column, columnsMarkdown } from '../../report/format/columns.ts';
import type { CsvValue } from '../../report/format/csv.ts';
import { aggregationColumns, type ServerClosing } from '../../report/run/aggregations.ts';
import { type MetricsRow, metricsColumns } from '../../report/run/metrics.ts';
import type { RunRecord } from '../../report/run/run-record.ts';
import { studyColumns } from '../../report/study/study-columns.ts';
import type { StudyResult } from '../../report/study/study-runs.ts';
import { eventColumns } from './event-columns.ts';

/** A row of runs.parquet. */
interface RunLine {
  result: StudyResult;
  record: RunRecord;
}

/** A row of evaluations.parquet: what the whole system did is known where the cloud is evaluated. */
export interface EvaluationLine {
  run: string;
  server: string;
  facts: Partial<MetricsRow>;
}

/** An event, and which run's it is. */
interface OfRun<Line> {
  run: string;
  line: Line;
}

const MEANING_OF_RUN = 'folder of the run, within that of the study';

function runColumn<Line>(value: (line: Line) => CsvValue): Column<Line> {
  return { name: 'run', type: 'text', unit: null, meaning: MEANING_OF_RUN, value };
}

/**
 * The columns of runs.parquet: those of study.csv, and what only the run itself knows. A factor with the
 * name of another column, such as `workers`, has the column `factor_workers`: Parquet knows columns by name.
 */
export function runColumns(
  factors: readonly string[],
  reach: readonly number[],
): Column<RunLine>[] {
  const nameOf = (factor: string) => {
    const others: { name: string }[] = [...studyColumns([], reach), ...runColumns([], reach)];
    return others.some(({ name }) => name === factor) ? `factor_${factor}` : factor;
  };
  const ofStudy = studyColumns(factors, reach, nameOf).filter(({ name }) => name !== 'folder');
  return [
    runColumn(({ result }) => result.folder),
    ...ofStudy.map((column) => ({
      ...column,
      value: ({ result }: RunLine) => column.value(result),
    })),
    {
      name: 'ended',
      type: 'text',
      unit: null,
      meaning: 'why the run ended; null where it has not',
      value: ({ record }) => record.ended,
    },
    {
      name: 'workers',
      type: 'integer',
      unit: 'workers',
      meaning: 'of the run',
      value: ({ record }) => record.workers,
    },
    {
      name: 'engine',
      type: 'text',
      unit: null,
      meaning: 'what computed it',
      value: ({ record }) => record.engine?.name,
    },
    {
      name: 'wall_time_s',
      type: 'number',
      unit: 's',
      meaning: 'time that it took, pauses included',
      value: ({ record }) => record.wallTimeS,
    },
    {
      name: 'events',
      type: 'integer',
      unit: 'events',
      meaning: 'of the simulation, in its journal',
      value: ({ record }) => record.extent.simulated,
    },
  ];
}

export const evaluationColumns: readonly Column<EvaluationLine>[] = [
  runColumn(({ run }) => run),
  {
    name: 'event',
    type: 'integer',
    unit: null,
    meaning: 'number of the event in the journal',
    value: ({ facts }) => facts.event,
  },
  {
    name: 'server',
    type: 'text',
    unit: null,
    meaning: 'server whose model is evaluated',
    value: ({ server }) => server,
  },
  ...metricsColumns.map((column) => ({
    ...column,
    value: ({ facts }: EvaluationLine) => column.value(facts),
  })),
];

export const closingColumns: readonly Column<OfRun<ServerClosing>>[] = [
  runColumn(({ run }) => run),
  {
    name: 'event',
    type: 'integer',
    unit: null,
    meaning: 'number of the event in the journal',
    value: ({ line }) => line.n,
  },
  ...aggregationColumns.map((column) => ({
    ...column,
    value: ({ line }: OfRun<ServerClosing>) => column.value(line),
  })),
];

export const journalColumns: readonly Column<OfRun<JournalLine>>[] = [
  runColumn(({ run }) => run),
  ...eventColumns.map((column) => ({
    ...column,
    value: ({ line }: OfRun<JournalLine>) => column.value(line),
  })),
];

/** The section of docs/columns.md on the Parquet files. */
export function parquetColumnsPage(): string {
  return `
# Columns of the Parquet files

Written by \`edgemlsim export parquet\` ([exports.md](exports.md)). Integers are INT64, numbers DOUBLE, text UTF8; a value that does not apply is null. The metadata of each file hold the same table as JSON, under \`edgemlsim.columns\`.

## runs.parquet

One row a run. \`FACTOR\` stands for each factor of the study, or \`factor_FACTOR\` where another column has its name; 0.9 for each accuracy of its \`reach\`.

${columnsMarkdown(runColumns(['FACTOR'], [0.9]))}
## evaluations.parquet

One row an event \`evaluated\`, of any server. What is counted over the whole system (\`in_range\` and what comes after it, \`updates\`, staleness and wall time) is null for other servers than the cloud.

${columnsMarkdown(evaluationColumns)}
## aggregations.parquet

One row an event \`aggregated\` or \`no-result\`. [diagnostics.md](diagnostics.md) explains the numbers.

${columnsMarkdown(closingColumns)}
## events.parquet

One row a line of the journal. A field that several types of events have has a column of its own.

${columnsMarkdown(journalColumns)}`;
}
