import { join } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../errors.ts';
import { jsonOption } from './arguments.ts';
import { isStudyFolder } from './is-study-folder.ts';
import { widthOf } from './terminal.ts';

export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('tell what runs, or two studies, differ in, and what each of them came to')
    .argument('<folder...>', 'run folders, of either world; or two folders of studies')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
First what differs of configs, inputs (by their hashes), versions and machines, then of results.
Two runs with the same journal hash are the same bit for bit. Two studies are compared arm by arm
over the seeds that both have.

Examples:
  $ edgemlsim compare runs/quick-seed1 runs/quick-seed1-2
  $ edgemlsim compare runs/study-before runs/study-after`,
    )
    .action(async (folders: string[], { json = false }: { json?: boolean }) => {
      const studies = folders.filter(isStudyFolder);
      if (studies.length === 0) return await showRuns(folders, json);
      const [first, second] = studies;
      if (second !== undefined && folders.length === 2) {
        return await showStudies([first!, second], json);
      }
      const run = folders.find((folder) => !studies.includes(folder));
      throw new InputError({
        place: { file: first! },
        found:
          run === undefined
            ? `${folders.length === 1 ? 'one study' : `${folders.length} studies`} to compare`
            : `a study, to compare with ${run}, which is none`,
        advice: ['expected two studies, or runs'],
      });
    });
}

async function showRuns(folders: readonly string[], json: boolean): Promise<void> {
  const { checkHasBegun } = await import('../report/run/begun.ts');
  const { readRunRecord } = await import('../report/run/run-record.ts');
  const { compared, comparisonTable } = await import('../report/run/comparison.ts');
  const { isUnknown, originDifferences } = await import('../report/compare/origins.ts');
  const { originsText } = await import('../report/compare/origins-text.ts');
  const { readRunFiles } = await import('../report/page/run-files.ts');
  const runs = [];
  for (const run of folders) {
    const file = join(run, 'journal.jsonl');
    const record = await readRunRecord(file);
    checkHasBegun(record, file);
    runs.push(compared(run, record));
  }
  const files = folders.map(readRunFiles);
  const differences = originDifferences(files);
  if (json) {
    console.log(JSON.stringify({ differences, runs }, null, 2));
    return;
  }
  const width = widthOf(process.stdout);
  if (runs.length > 1) {
    const unknown = folders.filter((_, index) => isUnknown(files[index]!));
    process.stdout.write(`${originsText(folders, differences, { unknown, width })}\n`);
  }
  process.stdout.write(comparisonTable(runs, width));
}

async function showStudies(folders: [string, string], json: boolean): Promise<void> {
  const { compareStudies } = await import('../report/compare/studies.ts');
  const { comparedStudiesText } = await import('../report/compare/studies-text.ts');
  const { readStudyFacts, reportJson } = await import('../report/study/study-report.ts');
  const { missingRunsText } = await import('./missing-runs-text.ts');
  const { studyToReport } = await import('./study-to-report.ts');
  const read = async (dir: string) => {
    const { name, runs, options, missing } = await studyToReport(dir);
    return await readStudyFacts(dir, name, runs, options, missing);
  };
  const both = [await read(folders[0]), await read(folders[1])] as const;
  const result = compareStudies(both, folders);
  if (json) {
    process.stdout.write(reportJson(result));
    return;
  }
  process.stdout.write(comparedStudiesText(result, widthOf(process.stdout)));
  for (const { studyDir, missing, results } of both) {
    if (missing.length > 0) console.log(missingRunsText(studyDir, missing, results.length));
  }
}
