import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { InputError } from '../errors.ts';
import { jsonOption, readShares } from './arguments.ts';
import { isStudyFolder } from './is-study-folder.ts';
import { widthOf } from './terminal.ts';

export function addCompare(program: Command): void {
  program
    .command('compare')
    .description('show the differences of runs, or of two studies, and the results of each')
    .argument('<folder...>', 'run folders, of either world; or two folders of studies')
    .addOption(
      new Option(
        '--reach <accuracy...>',
        'show the costs to reach them: time, updates, bytes, energy (default: 0.8 0.9 0.95, or the studies’)',
      ).argParser(readShares),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
First what differs of configs, inputs (by their hashes), versions and machines, then of results.
Two runs with the same journal hash are the same bit for bit. Two studies are compared arm by arm
over the seeds that both have. A run that did not reach an accuracy is censored: \`> 3600.0\` says
that it had not by the end of its 3600 simulated seconds.

Examples:
  $ edgemlsim compare runs/quick-seed1 runs/quick-seed1-2
  $ edgemlsim compare runs/study-before runs/study-after`,
    )
    .action(async (folders: string[], options: CompareOptions) => {
      const studies = folders.filter(isStudyFolder);
      if (studies.length === 0) return await showRuns(folders, options);
      const [first, second] = studies;
      if (second !== undefined && folders.length === 2) {
        return await showStudies([first!, second], options);
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

interface CompareOptions {
  json?: boolean;
  /** Accuracies. */
  reach?: number[];
}

async function showRuns(
  folders: readonly string[],
  { json, reach }: CompareOptions,
): Promise<void> {
  const { warnOfDamage } = await import('./run-damage.ts');
  const { checkHasBegun } = await import('../report/run/begun.ts');
  const { readRunRecord } = await import('../report/run/run-record.ts');
  const { compared, comparisonTable } = await import('../report/run/comparison.ts');
  const { runsReachedText } = await import('../report/run/reached-table.ts');
  const { isUnknown, originDifferences } = await import('../report/compare/origins.ts');
  const { originsText } = await import('../report/compare/origins-text.ts');
  const { readRunFiles } = await import('../report/page/run-files.ts');
  const runs = [];
  for (const run of folders) {
    const file = join(run, 'journal.jsonl');
    const record = await readRunRecord(file);
    checkHasBegun(record, file);
    warnOfDamage(run, record, file);
    runs.push(compared(run, record, reach));
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
  const reached = runsReachedText(runs, width);
  if (reached !== '') process.stdout.write(`\n${reached}`);
}

async function showStudies(
  folders: [string, string],
  { json, reach }: CompareOptions,
): Promise<void> {
  const { compareStudies } = await import('../report/compare/studies.ts');
  const { comparedStudiesText } = await import('../report/compare/studies-text.ts');
  const { readStudyFacts, reportJson } = await import('../report/study/study-report.ts');
  const { missingRunsText } = await import('./missing-runs-text.ts');
  const { studyToReport } = await import('./study-to-report.ts');
  const read = async (dir: string) => {
    const { name, runs, options, missing } = await studyToReport(dir);
    const asked = reach === undefined ? options : { ...options, reach };
    return await readStudyFacts(dir, name, runs, asked, missing);
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
