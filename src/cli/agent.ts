import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Credentials } from '../processes/credentials.ts';
import { processProgram } from '../processes/process-program.ts';
import { readWhole } from './arguments.ts';
import { firstLine } from './parent-input.ts';

const PATIENCE_S = 30;

interface AgentOptions {
  join?: { host: string; port: number };
  rendezvous?: string;
  transport: 'tcp' | 'websocket';
  listen?: string;
  tokenFile?: string;
  tls?: string;
  insecure?: boolean;
  credentialsOnStdin?: boolean;
  name?: string;
  cores?: number;
  wait: number;
  patience: number;
  slot?: number;
  pool?: number;
}

export function addAgent(program: Command): void {
  program
    .command('agent')
    .description(
      'offer this machine to a run: join its coordinator and run the nodes it deals out, or compute',
    )
    .addOption(
      new Option('--join <host:port>', 'where the coordinator listens')
        .argParser(readAddress)
        .conflicts('rendezvous'),
    )
    .option(
      '--rendezvous <file>',
      'file on a shared disk in which the coordinator says where it is',
    )
    .addOption(
      new Option('--transport <name>', 'as in the config of the run')
        .choices(['tcp', 'websocket'])
        .default('tcp'),
    )
    .option('--token-file <file>', 'the secret of the run; needed off loopback')
    .option('--tls <dir>', 'folder with ca.pem, cert.pem and key.pem')
    .option('--insecure', 'off loopback without TLS: anyone on the way can read and change it')
    .option('--listen <host>', 'address on which other processes reach the ones started here')
    .option('--name <name>', 'name of this machine in live.placement (default: its host name)')
    .addOption(
      new Option('--cores <n>', 'cores that the run may use (default: all)').argParser(
        readWhole(1),
      ),
    )
    .addOption(
      new Option('--wait <seconds>', 'how long the coordinator may take to appear')
        .argParser(readWhole(0))
        .default(120),
    )
    .addOption(
      new Option('--patience <seconds>', 'end after this time without a message of the coordinator')
        .argParser(readWhole(1))
        .default(PATIENCE_S),
    )
    .option('--with-stdin', 'end when stdin does: with the process that started it')
    .addOption(new Option('--credentials-on-stdin').hideHelp())
    .addOption(new Option('--slot <n>').argParser(readWhole(0)).hideHelp())
    .addOption(new Option('--pool <threads>').argParser(readWhole(1)).hideHelp())
    .addHelpText(
      'after',
      `
The run's files but the trace (data, rules) must be here under the same paths as at the coordinator. It
starts one process of one thread for each share of the nodes that it is given; for a virtual run,
one that computes with a thread a core. It may join a virtual run at any time.

Examples:
  $ edgemlsim agent --join 127.0.0.1:7000
  $ edgemlsim agent --join lab1:7000 --token-file token --tls certificates`,
    )
    .action(async (options: AgentOptions, command: Command) => {
      if (options.join === undefined && options.rendezvous === undefined) {
        command.error('error: one of --join and --rendezvous is needed');
      }
      if (options.rendezvous !== undefined) {
        const { rendezvousAppears } = await import('../deploy/rendezvous.ts');
        await rendezvousAppears(options.rendezvous, options.wait);
      }
      const credentials = await credentialsOf(options);
      if (options.slot !== undefined) await beProcess(options, options.slot, credentials);
      else if (options.pool !== undefined) await compute(options, options.pool, credentials);
      else await offer(options, credentials);
    });
}

/** One process of a virtual run's pool. */
async function compute(options: AgentOptions, threads: number, credentials: Credentials) {
  const { join: where, transport, patience: patienceS, name = hostname() } = options;
  const { runPoolAgent } = await import('../processes/pool-agent.ts');
  await runPoolAgent({ join: where!, transport, name, threads, credentials, patienceS });
}

/** One process of a live run. */
async function beProcess(options: AgentOptions, slot: number, credentials: Credentials) {
  const { join: where, transport, listen = null, patience } = options;
  const { runProcess } = await import('../processes/run-process.ts');
  await runProcess({
    join: where!,
    transport,
    slot,
    listenHost: listen,
    credentials,
    patienceS: patience,
  });
}

/** An agent of the coordinator that has left its address and what is needed in a folder. */
export async function agentAt(folder: string, wait: number): Promise<void> {
  const { rendezvousAppears } = await import('../deploy/rendezvous.ts');
  const rendezvous = join(folder, 'rendezvous.json');
  await rendezvousAppears(rendezvous, wait);
  const tls = join(folder, 'tls');
  const hasTls = existsSync(tls);
  const credentials = await credentialsOf({
    ...{ transport: 'tcp', wait, patience: PATIENCE_S },
    tokenFile: join(folder, 'token'),
    ...(hasTls ? { tls } : { insecure: true }),
  });
  await offer({ rendezvous, transport: 'tcp', wait, patience: PATIENCE_S }, credentials);
}

/** An agent, which starts processes. */
async function offer(options: AgentOptions, credentials: Credentials): Promise<void> {
  const {
    join: where,
    rendezvous,
    transport,
    listen = null,
    patience,
    wait,
    name,
    cores,
  } = options;
  // The command that started it on another machine has printed the warning.
  if (where !== undefined && options.credentialsOnStdin !== true) {
    const { checkExposure } = await import('../transport/exposure.ts');
    const warning = checkExposure({ ...where, ...credentials });
    if (warning !== null) console.error(warning);
  }
  const { runMachineAgent } = await import('../processes/machine-agent.ts');
  const { offeredMachine } = await import('../processes/offered-machine.ts');
  const { readRendezvous } = await import('../deploy/rendezvous.ts');
  await runMachineAgent({
    find: () => (where === undefined ? readRendezvous(rendezvous!) : { ...where, transport }),
    machine: {
      ...offeredMachine(process.env),
      ...(name !== undefined && { name }),
      ...(cores !== undefined && { cores }),
    },
    credentials,
    patienceS: patience,
    waitS: wait,
    program: processProgram(),
    listenHost: listen,
  });
}

async function credentialsOf(options: AgentOptions): Promise<Credentials> {
  const { tokenFile, tls, insecure = false, credentialsOnStdin } = options;
  if (credentialsOnStdin === true) {
    const { readCredentialsLine } = await import('../processes/credentials.ts');
    return readCredentialsLine(await firstLine());
  }
  const { readTokenFile } = await import('../deploy/token-file.ts');
  const { readTlsFolder } = await import('../deploy/tls-folder.ts');
  return {
    secret: tokenFile === undefined ? null : readTokenFile(tokenFile),
    tls: tls === undefined ? null : readTlsFolder(tls),
    insecure,
  };
}

function readAddress(text: string): { host: string; port: number } {
  const [, host, port] = /^\[?([^\]]+)\]?:(\d+)$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65535) {
    throw new InvalidArgumentError('Expected HOST:PORT, for instance 127.0.0.1:7000.');
  }
  return { host, port: Number(port) };
}
