import { processColumns } from './costs/processes.ts';
import { collectedColumns } from './data/collected.ts';
import { contactColumns } from './data/contact-columns.ts';
import { ownedDataColumns } from './data/owned-data.ts';
import { columnsMarkdown } from './format/columns.ts';
import { accuracyColumns, labelColumns } from './hierarchy/accuracy.ts';
import { latencyColumns } from './hierarchy/latency.ts';
import { nodeColumns } from './hierarchy/node-facts.ts';
import { linkColumns } from './hierarchy/transfers.ts';
import { aggregationColumns } from './run/aggregations.ts';
import { handoverColumns } from './run/handovers.ts';
import { metricsColumns } from './run/metrics.ts';
import { studyColumns } from './study/study-columns.ts';
import { verdictColumns } from './study/verdict-columns.ts';

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
## handovers.csv

One row a handover, in the run folder; no file where there was none.

${columnsMarkdown(handoverColumns)}
## samples.csv

One row a worker that collects samples in regions of the map, and one for each region in which it has, in the run folder.

${columnsMarkdown(collectedColumns(2))}
## processes.csv

One row a process of a live run, in the run folder.

${columnsMarkdown(processColumns)}
## nodes.csv

One row a node of a tree of models, in the run folder.

${columnsMarkdown(nodeColumns)}
## links.csv

One row a link of a tree of models that carried a vector.

${columnsMarkdown(linkColumns)}
## latency.csv

One row a worker and window of a tree of models.

${columnsMarkdown(latencyColumns)}
## accuracy.csv

One row an evaluation of a node of a tree of models.

${columnsMarkdown(accuracyColumns)}
## labels.csv

One row a label in such an evaluation.

${columnsMarkdown(labelColumns)}
## study.csv

One row a run, in the study's folder. \`FACTOR\` stands for each factor of the study, 0.9 for each accuracy of \`reach\`.

${columnsMarkdown(study)}
## verdicts.csv

One row a comparison of a study, in the study's folder. [own-study.md](own-study.md#verdicts) explains the tests.

${columnsMarkdown(verdictColumns)}
## contacts.csv

One row a contact of a trace, as \`edgemlsim scenario inspect --contacts FILE\` writes it.

${columnsMarkdown(contactColumns)}
## data.csv

One row a region or worker that owns samples, as \`edgemlsim data --csv FILE\` writes it.

${columnsMarkdown(ownedDataColumns(2))}`;
}
