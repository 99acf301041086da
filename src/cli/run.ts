import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { RunSummary } from '../run/run-summary.ts';
import {
  jsonOption,
  pauseAtOption,
  readOverride,
  readWhole,
  threadsOption,
  untilOption,
} from './arguments.ts';
import { cacheOption } from './cache-option.ts';
import type { RunCommandOptions } from './drive-run.ts';
import { Exit } from './exit.ts';
import type { RunProgress } from './run-progress.ts';
import { withStartSignals } from './start-signals.ts';
import { withProgress } from './with-progress.ts';

interface RunOptions extends RunCommandOptions {
  serve?: boolean;
  out?: string;
  seed?: number;
  threads: number;
  dryRun?: boolean;
  printConfig?: boolean;
}

export function addRun(program: Command): void {
  program
    .command('run')
    .description('run an experiment; writes a run folder')
    .argument('<config>', 'YAML file of the experiment')
    .argument('[key=value...]', 'changes to the config, by path', readOverride)
    .option('--out <dir>', 'run folder; must not hold anything yet (default: a new one in runs/)')
    .addOption(
      new Option('--seed <n>', 'instead of the seed in the config').argParser(
        readWhole(0, Number.MAX_SAFE_INTEGER),
      ),
    )
    .addOption(threadsOption())
    .addOption(pauseAtOption())
    .addOption(untilOption())
    .addOption(jsonOption())
    .addOption(cacheOption())
    .option('--serve', 'show the run on a page in the browser, until Ctrl-C after its end')
    .addOption(
      new Option('--dry-run', 'check everything and say what would run; write nothing').conflicts([
        'printConfig',
        'pauseAt',
        'until',
      ]),
    )
    .addOption(new Option('--print-config', 'print the config with every default, and run nothing'))
    .addHelpText(
      'after',
      `
On a terminal: p pauses and goes on, q stops.

Examples:
  $ edgemlsim run configs/quick.yaml
  $ edgemlsim run configs/boston-common.yaml --serve
  $ edgemlsim run configs/boston-common.yaml layers.edge.aggregate.rule=mean --out runs/mean
  $ edgemlsim run configs/boston-common.yaml servers.common-tremont.rangeM=100 --json`,
    )
    .action(async (configFile: string, overrides: string[] | undefined, options: RunOptions) => {
      const { withPage } = await import('./page-process.ts');
      const isServed = Boolean(options.serve) && !options.dryRun && !options.printConfig;
      process.exitCode = await withProgress(`reading ${configFile} and what it names`, (progress) =>
        withStartSignals(
          progress,
          'stopped before the run had begun: nothing was written',
          (signals) =>
            withPage(isServed, (page) =>
              run(configFile, overrides ?? [], { ...options, page, signals }, progress),
            ),
        ),
      );
    });
}

/** Out: the exit code. */
async function run(
  configFile: string,
  overrides: string[],
  options: RunOptions,
  progress: RunProgress,
): Promise<number> {
  const { loadConfig, placedIn, warningsAbout } = await import('../config/load-config.ts');
  const { out, seed, threads } = options;
  const loaded = await loadConfig(configFile, {
    overrides,
    ...(seed === undefined ? {} : { seed }),
  });
  const { config } = loaded;
  const warnings = await warningsAbout(loaded);
  const { warn } = await import('./warn.ts');
  progress.stop();
  for (const warning of warnings) warn(warning);
  const placed = (error: unknown) => {
    throw placedIn(loaded, error);
  };
  if (options.printConfig) {
    const { stringify } = await import('yaml');
    process.stdout.write(options.json ? `${JSON.stringify(config, null, 2)}\n` : stringify(config));
    return Exit.done;
  }
  const runDir = out ?? freeRunDir(config.name, config.seed);
  if (options.dryRun) {
    const { dryRun } = await import('./dry-run.ts');
    console.log(await dryRun(configFile, config, runDir, options).catch(placed));
    return Exit.done;
  }
  options.signals?.awaitFolder(runDir);
  const { driveRun } = await import('./drive-run.ts');
  const { missedFailures } = await import('../config/checks/idle-settings.ts');
  const { startRun } = await import('../run/start-run.ts');
  const onStep = (doing: string) => progress.step(doing);
  const made = await startRun(config, { runDir, threads, onStep }).catch(placed);
  const onSummary = ({ status, simTimeS }: RunSummary) => {
    if (status === 'stopped') return;
    for (const warning of missedFailures(config, simTimeS)) warn(warning);
  };
  return driveRun(made, runDir, { ...options, onSummary }, progress);
}

/** `runs/NAME-seedN`, with a number behind it when that one is taken. */
export function freeRunDir(name: string, seed: number): string {
  const first = join('runs', `${name}-seed${seed}`);
  let dir = first;
  for (let count = 2; existsSync(dir); count += 1) dir = `${first}-${count}`;
  return dir;
}
