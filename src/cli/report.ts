import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { InputError } from '../errors.ts';
import { readMark } from './arguments.ts';
import { Exit } from './exit.ts';
import { widthOf } from './terminal.ts';

interface TimelineWindow {
  fromUs: number;
  toUs: number;
}

export function addReport(program: Command): void {
  program
    .command('report')
    .description(
      'make the table, the CSV files and the figures of a run again, from its journal alone',
    )
    .argument('<run>', 'run folder')
    .option(
      '--timeline <from..to>',
      'also draw timeline.svg: who did what between two times, each in seconds or H:MM:SS',
      readWindow,
    )
    .addHelpText(
      'after',
      `
Examples:
  $ edgemlsim report runs/boston-common-seed1
  $ edgemlsim report runs/crossing-seed1 --timeline 0..25`,
    )
    .action(async (runDir: string, { timeline }: { timeline?: TimelineWindow }) => {
      const { writeRunReport } = await import('../report/run/run-report.ts');
      const { runTable } = await import('../report/run/run-table.ts');
      const { checkHasBegun } = await import('../report/run/begun.ts');
      const journalFile = join(runDir, 'journal.jsonl');
      const report = await writeRunReport(runDir, (record) => checkHasBegun(record, journalFile));
      const { record, files } = report;
      let { refused } = report;
      if (timeline && timeline.fromUs / 1e6 > record.simTimeS) {
        throw new InputError({
          place: { file: runDir },
          found: `the timeline begins at ${timeline.fromUs / 1e6} s, but the run ends at ${record.simTimeS} s`,
          advice: [`expected a window that begins before that`],
        });
      }
      if (timeline) {
        const { readTimelineFacts } = await import('../report/timeline/timeline-facts.ts');
        const { timelineSvg } = await import('../report/timeline/timeline.ts');
        const { writeReportFiles } = await import('../report/run/report-files.ts');
        const text = timelineSvg(await readTimelineFacts(journalFile, timeline));
        const written = await writeReportFiles(runDir, { 'timeline.svg': text });
        files.push(...written.files);
        refused ??= written.refused;
      }
      console.log(runTable(record, widthOf(process.stdout)));
      for (const file of files) console.log(join(runDir, file));
      if (refused === null) return;
      console.error(refused);
      process.exitCode = Exit.runFailed;
    });
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
