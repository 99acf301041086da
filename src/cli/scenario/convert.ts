import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  formatOption,
  givenScenario,
  INPUT,
  networkOption,
  originOption,
  type ScenarioOptions,
} from './given-scenario.ts';

export function periodOption(standard: string): Option {
  const text = `seconds from one row of an entity to the next (default: ${standard})`;
  return new Option('--period <s>', text).argParser(readSeconds);
}

export function addConvert(scenario: Command): void {
  scenario
    .command('convert')
    .description('write a trace of any format as SUMO FCD or as a table, in metres')
    .argument('<input...>', INPUT)
    .requiredOption('--out <file>', 'the file: .xml (FCD) or .csv, perhaps with .gz')
    .addOption(networkOption())
    .addOption(originOption())
    .addOption(formatOption())
    .addOption(periodOption('each at its own samples; 1 where there are ways instead of samples'))
    .addHelpText(
      'after',
      `
Examples:
  $ edgemlsim scenario convert walk.gpx --origin 42.355,-71.066 --out walk.fcd.xml.gz
  $ edgemlsim scenario convert configs/movement/random-waypoint.yaml --out moving.csv --period 0.5`,
    )
    .action(
      async (files: string[], options: ScenarioOptions & { out: string; period?: number }) => {
        const { writeTrace } = await import('../../mobility/write-trace.ts');
        const { trace } = await givenScenario(files, options, 'separate');
        const { warn } = await import('../warn.ts');
        for (const remark of trace.remarks) warn(`${trace.file}: ${remark}`);
        const { out, period = trace.isContinuous ? 1 : undefined } = options;
        await writeTrace(out, trace, period === undefined ? null : Math.round(period * 1e6));
        console.log(out);
      },
    );
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds >= 1e-6 && Number.isFinite(seconds)) return seconds;
  throw new InvalidArgumentError('Expected seconds above 0, for instance 0.5.');
}
