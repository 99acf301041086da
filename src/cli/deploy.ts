import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../config/config-schema.ts';
import type { Engine } from '../deploy/engine.ts';
import { jsonOption, readOverride, readThreads, readWhole } from './arguments.ts';
import { freeRunDir } from './run.ts';
import { withProgress } from './with-progress.ts';

/** What every engine can be told. */
interface Common {
  out?: string;
  seed?: number;
  json?: boolean;
  dryRun?: boolean;
  listen?: { host?: string; port?: number };
  tokenFile?: string;
  tls?: string;
  insecure?: boolean;
  wait: number;
  threads?: number;
}

/** A command line that has been read. */
interface Asked<Options> {
  configFile: string;
  overrides: string[];
  config: Config;
  options: Options & Common;
}

/** A timer waits 24 days at most: what is longer would be over at once. */
const MOST_WAIT_S = 1_000_000;

/** What `edgemlsim` is here. */
const program = () => [process.execPath, resolve(process.argv[1]!)] as const;

export function addDeploy(parent: Command): void {
  const deploy = parent
    .command('deploy')
    .description('run an experiment on other machines: start agents and simulate for them')
    .addHelpText(
      'after',
      `
This process simulates. The agents dial it, and are told which nodes of a live run to run; with
world=virtual they compute for it, and the results are those of \`edgemlsim run\`. Off loopback they
prove that they know the run's secret, and speak TLS with certificates made for the run.

Examples:
  $ edgemlsim deploy local configs/quick.yaml --agents 2
  $ salloc --nodes=4 edgemlsim deploy slurm configs/quick.yaml
  $ edgemlsim deploy ssh configs/quick.yaml --hosts hosts.yaml --dry-run
  $ edgemlsim deploy ssh configs/mnist-cnn.yaml world=virtual --hosts hosts.yaml`,
    );
  addLocal(deploy);
  addSlurm(deploy);
  addSsh(deploy);
  addMpirun(deploy);
  addManual(deploy);
  addCompose(deploy);
  addKubernetes(deploy);
  addToken(deploy);
  addCertificates(deploy);
}

function addLocal(deploy: Command): void {
  engineCommand(deploy, 'local', 'agents as child processes on this machine')
    .addOption(agentsOption().default(1))
    .action(async (...given: unknown[]) => {
      const asked = await read<{ agents: number }>(given);
      const { localEngine } = await import('../deploy/local.ts');
      await perform(asked, localEngine(program(), asked.options.agents));
    });
}

function addSlurm(deploy: Command): void {
  engineCommand(deploy, 'slurm', 'one agent a node of the allocation that this is called in')
    .addOption(
      new Option(
        '--script <nodes>',
        'print a script for sbatch that does it on so many nodes',
      ).argParser(readWhole(1)),
    )
    .addOption(new Option('--cpus <n>', 'in the script: CPUs a node').argParser(readWhole(1)))
    .action(async (...given: unknown[]) => {
      const asked = await read<{ script?: number; cpus?: number }>(given);
      const { script: nodes, cpus } = asked.options;
      const { batchScript, slurmEngine } = await import('../deploy/slurm.ts');
      if (nodes !== undefined) {
        const { name } = asked.config;
        const cpusPerNode = cpus ?? null;
        const command = [...program(), ...sameAgain('slurm', asked)] as const;
        console.log(batchScript({ name, nodes, cpusPerNode, folder: process.cwd(), command }));
        return;
      }
      const { reachableAddress } = await import('../deploy/reachable-address.ts');
      await perform(asked, slurmEngine(program(), process.env, await reachableAddress()));
    });
}

function addSsh(deploy: Command): void {
  engineCommand(deploy, 'ssh', 'one agent on each machine of a list, which end with the connection')
    .requiredOption('--hosts <file>', 'YAML list of host, user, port, key, folder, program, cores')
    .option('--ssh-config <file>', 'for ssh, instead of the one of this user')
    .action(async (...given: unknown[]) => {
      const asked = await read<{ hosts: string; sshConfig?: string }>(given);
      const { hosts: file, sshConfig = null } = asked.options;
      const { readHostList, sshEngine } = await import('../deploy/ssh.ts');
      const { reachableAddress } = await import('../deploy/reachable-address.ts');
      await perform(asked, sshEngine(readHostList(file), sshConfig, await reachableAddress()));
    });
}

function addMpirun(deploy: Command): void {
  engineCommand(deploy, 'mpirun', 'one agent a rank; or called by mpirun, rank 0 simulates')
    .addOption(
      new Option('--ranks <n>', 'agents; not where mpirun calls this').argParser(readWhole(1)),
    )
    .option('--hostfile <file>', 'for mpirun: machines with the same files')
    .action(async (...given: unknown[]) => {
      const asked = await read<{ ranks?: number; hostfile?: string }>(given);
      const { ranks, hostfile = null } = asked.options;
      const { mpirunEngine, rankOf } = await import('../deploy/mpirun.ts');
      const { reachableAddress } = await import('../deploy/reachable-address.ts');
      const own = rankOf(process.env);
      if (own !== null) {
        await performAsRank(asked, own);
        return;
      }
      const [command] = given.slice(-1) as [Command];
      if (ranks === undefined) return command.error('error: --ranks is needed outside mpirun');
      const host = hostfile === null ? '127.0.0.1' : await reachableAddress();
      await perform(asked, mpirunEngine(program(), ranks, hostfile, host));
    });
}

function addManual(deploy: Command): void {
  engineCommand(deploy, 'manual', 'agents that you start yourself; this waits for them')
    .addOption(agentsOption().makeOptionMandatory())
    .action(async (...given: unknown[]) => {
      const asked = await read<{ agents: number }>(given);
      const { manualEngine } = await import('../deploy/manual.ts');
      await perform(asked, manualEngine(asked.options.agents, '127.0.0.1'));
    });
}

/** For engines that write files for another program. */
interface Containers {
  config: Config;
  image: string;
  memory: number;
  cpus: number;
  seed?: number;
  dryRun?: boolean;
}

function addCompose(deploy: Command): void {
  containerCommand(deploy, 'compose', 'write a Compose file with one container for each process')
    .addOption(new Option('--image <name>', 'holds Node').default('node:20-bookworm-slim'))
    .action(async (...given: unknown[]) => {
      const asked = await readLive<Containers>(given);
      const { config, configFile, options } = asked;
      const { writeCompose } = await import('../deploy/write-containers.ts');
      const folder = resolve(options.out ?? `deployment-${config.name}`);
      const { image, memory, cpus, dryRun = false } = options;
      const runDir = resolve(folder, 'run');
      const said = await writeCompose({
        ...{ config, configFile, image, folder, isDry: dryRun },
        main: realpathSync(process.argv[1]!),
        limits: { cpus, memoryMiB: memory },
        simulate: (agents, more) =>
          manualAgain({ ...asked, overrides: [...asked.overrides, ...more] }, agents, runDir),
      });
      console.log(said);
    });
}

function addKubernetes(deploy: Command): void {
  containerCommand(
    deploy,
    'kubernetes',
    'write manifests for Kubernetes (never tried on a cluster)',
  )
    .requiredOption('--image <name>', 'holds edgemlsim and the files of the run')
    .option('--claim <name>', 'volume claim that keeps the run folder, mounted at /runs')
    .action(async (...given: unknown[]) => {
      const asked = await readLive<Containers & { claim?: string }>(given);
      const { config, options } = asked;
      const { writeKubernetes } = await import('../deploy/write-containers.ts');
      const { image, memory, cpus, dryRun = false, claim } = options;
      const kept = claim === undefined ? null : { folder: '/runs', claim };
      const said = await writeKubernetes({
        ...{ config, image, program: ['npx', '--no', 'edgemlsim'], kept, isDry: dryRun },
        folder: resolve(options.out ?? `deployment-${config.name}`),
        limits: { cpus, memoryMiB: memory },
        simulate: (agents) => manualAgain(asked, agents, `/runs/${config.name}`),
      });
      console.log(said);
    });
}

function containerCommand(deploy: Command, name: string, description: string): Command {
  return configCommand(deploy, name, description)
    .option('--dry-run', 'print the file and write nothing; secrets are left out')
    .option('--out <dir>', 'folder to write to (default: deployment-NAME)')
    .addOption(
      new Option('--memory <MiB>', 'limit of a container').argParser(readWhole(64)).default(1024),
    )
    .addOption(new Option('--cpus <n>', 'limit of a container').argParser(readWhole(1)).default(1));
}

/** `deploy manual` of the same, in a container. */
function manualAgain(asked: Asked<object>, agents: number, runDir: string): string[] {
  const { options, ...rest } = asked;
  const { wait = 120, seed } = options;
  const same = { ...rest, options: { out: runDir, wait, ...(seed !== undefined && { seed }) } };
  const [deploy, , , ...more] = sameAgain('manual', same);
  return [
    deploy!,
    'manual',
    resolve(asked.configFile),
    ...more,
    '--agents',
    String(agents),
    '--json',
  ];
}

function addToken(deploy: Command): void {
  deploy
    .command('token')
    .description('write a new secret of 256 bits, for --token-file')
    .argument('<file>', 'for its owner alone to read')
    .action(async (file: string) => {
      const { newToken, writeTokenFile } = await import('../deploy/token-file.ts');
      writeTokenFile(file, newToken());
    });
}

function addCertificates(deploy: Command): void {
  deploy
    .command('certificates')
    .description('make a private authority and write its certificates, for --tls')
    .argument('<dir>', 'gets ca.pem, cert.pem and key.pem; the authority’s own key is thrown away')
    .argument('[host...]', 'names or addresses of the machines')
    .action(async (dir: string, hosts: string[]) => {
      const { newTls, writeTlsFolder } = await import('../deploy/tls-folder.ts');
      writeTlsFolder(dir, await newTls(hosts));
    });
}

/** What has a config. */
function configCommand(deploy: Command, name: string, description: string): Command {
  return deploy
    .command(name)
    .description(description)
    .argument('<config>', 'YAML file of the experiment; world is live unless changed')
    .argument('[key=value...]', 'changes to the config, by path', readOverride)
    .addOption(
      new Option('--seed <n>', 'instead of the seed in the config').argParser(readWhole(0)),
    );
}

function engineCommand(deploy: Command, name: string, description: string): Command {
  return configCommand(deploy, name, description)
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

const agentsOption = (): Option =>
  new Option('--agents <n>', 'agents that share the work').argParser(readWhole(1));

function readListen(text: string): { host?: string; port?: number } {
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(/^\d+$/.test(text) ? `:${text}` : text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(digits ?? 0) > 65535) {
    throw new InvalidArgumentError('Expected HOST:PORT, HOST or PORT, for instance 10.0.0.1:7000.');
  }
  return { ...(host !== '' && { host }), ...(digits !== undefined && { port: Number(digits) }) };
}

/** What commander hands to an action. */
async function read<Options>(given: unknown[]): Promise<Asked<Options>> {
  const [configFile, overrides = [], options] = given as [
    string,
    string[] | undefined,
    Options & Common,
  ];
  const { loadConfig } = await import('../config/load-config.ts');
  const { seed } = options;
  // A path may be set once: the default goes where the command line says otherwise.
  const isWorldGiven = overrides.some((override) => override.startsWith('world='));
  const { config } = await loadConfig(configFile, {
    overrides: isWorldGiven ? overrides : ['world=live', ...overrides],
    ...(seed === undefined ? {} : { seed }),
  });
  return { configFile, overrides, config, options };
}

/** For engines that give every node of a run a place. */
async function readLive<Options>(given: unknown[]): Promise<Asked<Options>> {
  const asked = await read<Options>(given);
  if (asked.config.world === 'virtual') {
    const { InputError } = await import('../errors.ts');
    throw new InputError({
      place: { file: asked.configFile },
      found: 'world: virtual, which has no processes to put into containers',
      advice: [
        'expected world=live; local, slurm, ssh, mpirun and manual start agents that compute',
      ],
    });
  }
  return asked;
}

async function perform({ config, options }: Asked<object>, engine: Engine): Promise<void> {
  const { out, dryRun, listen = {}, tokenFile = null, tls = null, insecure, wait } = options;
  const runDir = out ?? freeRunDir(config.name, config.seed);
  const { planDeployment } = await import('../deploy/plan-deployment.ts');
  const plan = await planDeployment({
    engine,
    transport: config[config.world === 'live' ? 'live' : 'pool'].transport,
    runDir,
    listen,
    tokenFile,
    tlsFolder: tls,
    insecure: insecure ?? false,
    waitS: wait,
    onLine: (line) => console.error(line),
  });
  if (plan.warning !== null) console.error(plan.warning);
  if (dryRun) {
    const { planText } = await import('../deploy/plan-text.ts');
    console.log(await planText(plan, config, runDir));
    return;
  }
  const { deployment } = plan;
  process.exitCode = await withProgress('reading the inputs', async (progress) => {
    const { driveRun } = await import('./drive-run.ts');
    const { startRun } = await import('../run/start-run.ts');
    const { threads = 1 } = options;
    const onStep = (doing: string) => progress.step(doing);
    const start = { runDir, deployment, threads, program: program(), onStep };
    return driveRun(await startRun(config, start), runDir, options, progress);
  });
}

/** Called by mpirun: the first rank simulates, the others are its agents. */
async function performAsRank(
  asked: Asked<object>,
  { rank, ranks }: { rank: number; ranks: number },
): Promise<void> {
  const { InputError } = await import('../errors.ts');
  const { out, wait } = asked.options;
  if (out === undefined || ranks < 2) {
    const found = ranks < 2 ? 'mpirun started one rank alone' : 'called by mpirun without --out';
    throw new InputError({
      found,
      advice: ['mpirun -n 4 edgemlsim deploy mpirun CONFIG --out DIR: rank 0 simulates for three'],
    });
  }
  if (rank === 0) {
    const { manualEngine } = await import('../deploy/manual.ts');
    const { reachableAddress } = await import('../deploy/reachable-address.ts');
    await perform(asked, manualEngine(ranks - 1, await reachableAddress()));
    return;
  }
  const { agentAt } = await import('./agent.ts');
  await agentAt(resolve(out, 'deployment'), wait);
}

/** The arguments of the same command, inside a job. */
function sameAgain(
  engine: string,
  { configFile, overrides, options }: Asked<object>,
): readonly string[] {
  const { out, seed, json, listen, tokenFile, tls, insecure, wait, threads } = options;
  const host = listen?.host?.includes(':') ? `[${listen.host}]` : (listen?.host ?? '');
  const port = listen?.port === undefined ? '' : `:${listen.port}`;
  return [
    ...['deploy', engine, configFile, ...overrides],
    ...(out === undefined ? [] : ['--out', out]),
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
    ...(listen === undefined ? [] : ['--listen', `${host}${port}`]),
    ...(tokenFile === undefined ? [] : ['--token-file', tokenFile]),
    ...(tls === undefined ? [] : ['--tls', tls]),
    ...(insecure ? ['--insecure'] : []),
    ...(json ? ['--json'] : []),
    ...(threads === undefined ? [] : ['--threads', String(threads)]),
    ...['--wait', String(wait)],
  ];
}
