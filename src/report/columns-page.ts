import { columnsMarkdown } from './format/columns.ts';
import { aggregationColumns } from './run/aggregations.ts';
import { metricsColumns } from './run/metrics.ts';
import { studyColumns } from './study/study-columns.ts';

/** The page of all columns of the CSV files, docs/columns.md. */
export function columnsPage(): string {
  // Placeholders for what a study names itself.
  const study = studyColumns(['FACTOR'], [0.9]);
  return `# Columns of the CSV files

Written by \`npm run docs\` from the columns that the program writes. An empty field is a value that does not apply; a number that is not finite reads \`NaN\`, \`Infinity\` or \`-Infinity\`.

## metrics.csv

One row an evaluation, in the run folder.

${columnsMarkdown(metricsColumns)}
## aggregations.csv

One row an event \`aggregated\` or \`no-result\`, in the run folder. [diagnostics.md](diagnostics.md) explains the numbers.

${columnsMarkdown(aggregationColumns)}
## study.csv

One row a run, in the study's folder. \`FACTOR\` stands for each factor of the study, 0.9 for each accuracy of \`reach\`.

${columnsMarkdown(study)}`;
}
