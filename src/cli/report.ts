import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../errors.ts';
import type { ReportFormat } from '../report/page/formats.ts';
import { readMark, readShares } from './arguments.ts';
import { Exit } from './exit.ts';
import { isStudyFolder } from './is-study-folder.ts';
import { widthOf } from './terminal.ts';

interface TimelineWindow {
  fromUs: number;
  toUs: number;
}

interface ReportOptions {
  format: ReportFormat[];
  timeline?: TimelineWindow;
  reach?: number[];
}

export function addReport(program: Command): void {
  program
    .command('report')
    .description('make the report of a run or of a study again, from its journals')
    .argument('<folder>', 'folder of a run or of a study')
    .addOption(
      new Option('--format <formats...>', 'formats of the report: report.html, and the others')
        .choices(['html', 'md', 'csv', 'json', 'svg'])
        .default(['html', 'csv', 'svg'], 'html csv svg'),
    )
    .option(
      '--timeline <from..to>',
      'also draw timeline.svg of a run: who did what between two times, each in seconds or H:MM:SS',
      readWindow,
    )
    .option(
      '--reach <accuracy...>',
      "of a study: show the costs to reach them (default: the study's, else 0.8 0.9 0.95)",
      readShares,
    )
    .addHelpText(
      'after',
      `
report.html is one file that needs nothing else: figures with their data, tables, methods, config and
commands. That of a study counts the runs that have come to their end, and lists the others.

Examples:
  $ edgemlsim report runs/boston-common-seed1
  $ edgemlsim report runs/study-deadlines --format html md --reach 0.6 0.7
  $ edgemlsim report runs/crossing-seed1 --timeline 0..25`,
    )
    .action(async (folder: string, options: ReportOptions) => {
      if (isStudyFolder(folder)) await reportAgain(folder, options);
      else await reportRun(folder, options);
    });
}

async function reportRun(
  runDir: string,
  { format, timeline, reach }: ReportOptions,
): Promise<void> {
  if (reach !== undefined) {
    throw new InputError({
      place: { file: runDir },
      found: '--reach is of a study, and this is the folder of a run',
      advice: ['`edgemlsim compare RUN --reach …` shows it of runs'],
    });
  }
  const { warnOfDamage } = await import('./run-damage.ts');
  const { checkHasBegun } = await import('../report/run/begun.ts');
  const { writeReportFiles } = await import('../report/run/report-files.ts');
  const { readRunFacts } = await import('../report/run/run-facts.ts');
  const { runTable } = await import('../report/run/run-table.ts');
  const { runTexts } = await import('../report/page/run/run-texts.ts');
  const journalFile = join(runDir, 'journal.jsonl');
  const facts = await readRunFacts(runDir);
  const { record } = facts;
  checkHasBegun(record, journalFile);
  warnOfDamage(runDir, record, journalFile);
  if (timeline && timeline.fromUs / 1e6 > record.simTimeS) {
    throw new InputError({
      place: { file: runDir },
      found: `the timeline begins at ${timeline.fromUs / 1e6} s, but the run ends at ${record.simTimeS} s`,
      advice: [`expected a window that begins before that`],
    });
  }
  const texts = await runTexts(facts, format, async () => {
    const { mapOfRun } = await import('./scenario/map-of-run.ts');
    return mapOfRun(runDir);
  });
  if (timeline) {
    const { readTimelineFacts } = await import('../report/timeline/timeline-facts.ts');
    const { timelineSvg } = await import('../report/timeline/timeline.ts');
    texts['timeline.svg'] = timelineSvg(await readTimelineFacts(journalFile, timeline));
  }
  const { files, refused } = await writeReportFiles(runDir, texts);
  console.log(runTable(record, widthOf(process.stdout)));
  for (const file of files) console.log(join(runDir, file));
  if (refused === null) return;
  console.error(refused);
  process.exitCode = Exit.runFailed;
}

/** `30..60` or `0:01:00..0:01:30`. */
function readWindow(text: string): TimelineWindow {
  const ends = text.split('..');
  const [from, to] = ends.length === 2 ? ends.map(readMark) : [];
  const isWindow = from && to && 'timeUs' in from && 'timeUs' in to && from.timeUs < to.timeUs;
  if (!isWindow) {
    throw new InvalidArgumentError('Expected FROM..TO, for instance 30..60 or 0:01:00..0:01:30.');
  }
  return { fromUs: from.timeUs, toUs: to.timeUs };
}

async function reportAgain(
  studyDir: string,
  { format, timeline, reach }: ReportOptions,
): Promise<void> {
  if (timeline !== undefined) {
    throw new InputError({
      place: { file: studyDir },
      found: 'a timeline is of one run, and this is the folder of a study',
      advice: ['expected the folder of one of its runs'],
    });
  }
  const { studyToReport } = await import('./study-to-report.ts');
  const { reportStudy } = await import('./report-study.ts');
  const { missingRunsText } = await import('./missing-runs-text.ts');
  const study = await studyToReport(studyDir);
  const { missing, runs } = study;
  const options = reach === undefined ? study.options : { ...study.options, reach };
  await reportStudy(studyDir, { ...study, options }, { formats: format });
  if (missing.length > 0) console.log(missingRunsText(studyDir, missing, runs.length));
}
