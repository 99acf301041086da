import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Launcher, LauncherOption } from '../deploy/launcher.ts';
import { jsonOption, readOverride, readThreads, readWhole } from './arguments.ts';

/** The longest wait: a timer of Node holds 24 days at most, and ends at once beyond. */
const MOST_WAIT_S = 1_000_000;

/** Adds the arguments and options of a launcher's command: its own and the shared ones. */
export function addLauncherOptions(command: Command, launcher: Launcher): void {
  command
    .argument('<config>', 'YAML file of the experiment; world is live unless changed')
    .argument('[key=value...]', 'changes to the config, by path', readOverride)
    .addOption(
      new Option('--seed <n>', 'instead of the seed in the config').argParser(readWhole(0)),
    );
  if (launcher.writesFiles) addContainerOptions(command);
  else addAgentOptions(command);
  for (const option of launcher.options) command.addOption(optionOf(option));
}

function addAgentOptions(command: Command): void {
  command
    .option('--dry-run', 'print what would be done, and do nothing')
    .option('--out <dir>', 'run folder; must not hold anything yet (default: a new one in runs/)')
    .addOption(
      new Option(
        '--listen <host:port>',
        'where the coordinator listens: an address of this machine, a port, or both',
      ).argParser(readListen),
    )
    .option('--token-file <file>', 'the secret (default: a new one for this run)')
    .option('--tls <dir>', 'folder with ca.pem, cert.pem, key.pem (default: new ones off loopback)')
    .option('--insecure', 'off loopback without TLS: anyone on the way can read and change it')
    .addOption(
      new Option('--wait <seconds>', 'how long the agents may take to come')
        .argParser(readWhole(1, MOST_WAIT_S))
        .default(120),
    )
    .addOption(
      new Option(
        '--threads <n>',
        'with world=virtual: threads of this process that compute, too (default: 1)',
      ).argParser(readThreads),
    )
    .addOption(jsonOption());
}

function addContainerOptions(command: Command): void {
  command
    .option('--dry-run', 'print the file and write nothing; secrets are left out')
    .option('--out <dir>', 'folder to write to (default: deployment-NAME)')
    .addOption(
      new Option('--memory <MiB>', 'limit of a container').argParser(readWhole(64)).default(1024),
    )
    .addOption(new Option('--cpus <n>', 'limit of a container').argParser(readWhole(1)).default(1));
}

function optionOf({ flags, description, least, default: value, isRequired }: LauncherOption) {
  const option = new Option(flags, description).makeOptionMandatory(isRequired ?? false);
  if (least !== undefined) option.argParser(readWhole(least));
  return value === undefined ? option : option.default(value);
}

function readListen(text: string): { host?: string; port?: number } {
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(/^\d+$/.test(text) ? `:${text}` : text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(digits ?? 0) > 65535) {
    throw new InvalidArgumentError('Expected HOST:PORT, HOST or PORT, for instance 10.0.0.1:7000.');
  }
  return { ...(host !== '' && { host }), ...(digits !== undefined && { port: Number(digits) }) };
}
