import { type Command, Option } from 'commander';
import { jsonOption, readOverride, readSeeds, readWhole } from './arguments.ts';
import { cacheOption } from './cache-option.ts';
import type { StudyOptions } from './drive-study.ts';
import type { StatusOptions } from './study-status.ts';

export function addStudy(program: Command): void {
  const study = program
    .command('study')
    .description('run every arm of a study with every seed, side by side, and compare the arms')
    .argument('<file>', 'YAML file of the study, or of a config whose values are compared')
    .argument('[key=value...]', 'of a config: values by comma are compared', readOverride)
    .addOption(
      new Option(
        '--seeds <n>',
        'number of seeds, or a list: 3,5,9 (default: the study’s, else 5)',
      ).argParser(readSeeds),
    )
    .option('--out <dir>', "the study's folder (default: runs/study-NAME)")
    .addOption(
      new Option(
        '--jobs <n>',
        'runs at a time, which share the cores (default: one for each core); slurm: tasks at a time (default: as many as Slurm lets)',
      ).argParser(readWhole(1)),
    )
    .option('--dry-run', 'show the plan and how long it takes; at most one run is begun, and kept')
    .addOption(
      new Option('--retry <what>', 'run those again that failed before').choices(['failed']),
    )
    .option(
      '--fail-fast',
      'stop at the first run that fails; the others write checkpoints (slurm: scancel ends them)',
    )
    .addOption(
      new Option('--engine <name>', 'where the runs are computed')
        .choices(['local', 'slurm'])
        .default('local', 'the cores of this machine'),
    )
    .addOption(
      new Option('--chunk <n>', 'slurm: runs of one task of the array')
        .argParser(readWhole(1))
        .default(1),
    )
    .addOption(
      new Option('--cpus <n>', 'slurm: cores of one task').argParser(readWhole(1)).default(1),
    )
    .option('--partition <name>', 'slurm: as of sbatch')
    .option('--memory <size>', 'slurm: memory of one task, as --mem of sbatch')
    .option('--time <limit>', 'slurm: time of one task, as of sbatch')
    .addOption(cacheOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Runs that are completed are not run again, and those that were stopped or killed go on: give the
same command again. Seeds, arms and levels that are added later run only what is missing. Runs
that failed stay so until --retry failed.

Examples:
  $ edgemlsim study configs/figure-3b.study.yaml --dry-run
  $ edgemlsim study configs/figure-3b.study.yaml --jobs 1 --out runs/figure-3b
  $ edgemlsim study status runs/figure-3b
  $ edgemlsim study configs/figure-3b.study.yaml --engine slurm --jobs 50 --chunk 5 --time 1:00:00
  $ edgemlsim study configs/quick.yaml layers.edge.aggregate.rule=mean,krum --seeds 3`,
    )
    .action(
      async (
        file: string,
        changes: string[] | undefined,
        options: StudyOptions,
        command: Command,
      ) => {
        refuseWithoutSlurm(options, command);
        const { driveStudy } = await import('./drive-study.ts');
        process.exitCode = await driveStudy(file, changes ?? [], options);
      },
    );
  study
    .command('task', { hidden: true })
    .description('the runs of one task of a job array, inside of Slurm')
    .argument('<batch>')
    .argument('<task>')
    .action(async (batch: string, task: string) => {
      const { performTask } = await import('../study/slurm/slurm-task.ts');
      const { runProcesses } = await import('./run-processes.ts');
      await performTask(batch, Number(task), runProcesses);
    });
  study
    .command('status')
    .description(
      'show the state of each run of a study, with the reason and command of each failed',
    )
    .argument('<dir>', "the study's folder")
    .option('--runs', 'list every run with its command')
    .addOption(jsonOption())
    .action(async (dir: string, _: StatusOptions, command: Command) => {
      const { showStudyStatus } = await import('./study-status.ts');
      // The options that `study` has too come to that.
      await showStudyStatus(dir, command.optsWithGlobals());
    });
}

const OF_SLURM = ['chunk', 'cpus', 'partition', 'memory', 'time'];

/** Otherwise a limit of memory or time would be taken for one that holds. */
function refuseWithoutSlurm({ engine }: StudyOptions, command: Command): void {
  if (engine === 'slurm') return;
  const given = OF_SLURM.filter((name) => command.getOptionValueSource(name) === 'cli');
  if (given.length === 0) return;
  const options = given.map((name) => `--${name}`).join(', ');
  const verb = given.length === 1 ? 'is an option' : 'are options';
  command.error(
    `error: ${options} ${verb} of Slurm tasks, and this study runs on the cores of this machine: add --engine slurm, or leave ${given.length === 1 ? 'it' : 'them'} out`,
    { exitCode: 2, code: 'edgemlsim.withoutSlurm' },
  );
}
