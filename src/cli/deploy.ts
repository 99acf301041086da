import { resolve } from 'node:path';
import type { Command } from 'commander';
import { dockerCompose } from '../deploy/compose.ts';
import { kubernetes } from '../deploy/kubernetes.ts';
import type { Launcher, LaunchRequest } from '../deploy/launcher.ts';
import { local } from '../deploy/local.ts';
import { manual } from '../deploy/manual.ts';
import { mpirun } from '../deploy/mpirun.ts';
import { slurm } from '../deploy/slurm.ts';
import { ssh } from '../deploy/ssh.ts';
import { addLauncherOptions } from './deploy-options.ts';

const launchers: readonly Launcher[] = [
  local,
  slurm,
  ssh,
  mpirun,
  manual,
  dockerCompose,
  kubernetes,
];

export function addDeploy(parent: Command): void {
  const deploy = parent
    .command('deploy')
    .description('run an experiment on other machines: start agents and simulate for them')
    .addHelpText(
      'after',
      `
This process simulates. The agents connect to it. In a live run each gets the nodes that it runs;
with world=virtual they compute, and the results are those of \`edgemlsim run\`. Off loopback they
prove that they know the run's secret, and speak TLS with certificates made for the run.

Examples:
  $ edgemlsim deploy local configs/quick.yaml --agents 2
  $ salloc --nodes=4 edgemlsim deploy slurm configs/quick.yaml
  $ edgemlsim deploy ssh configs/quick.yaml --hosts hosts.yaml --dry-run
  $ edgemlsim deploy ssh configs/mnist-cnn.yaml world=virtual --hosts hosts.yaml`,
    );
  for (const launcher of launchers) addLauncher(deploy, launcher);
  addToken(deploy);
  addCertificates(deploy);
}

function addLauncher(deploy: Command, launcher: Launcher): void {
  const command = deploy.command(launcher.name).description(launcher.description);
  addLauncherOptions(command, launcher);
  command.action(
    async (
      configFile: string,
      overrides: string[] | undefined,
      options: LaunchRequest['options'],
    ) => {
      const request: LaunchRequest = {
        configFile,
        overrides: overrides ?? [],
        config: await configOf(launcher, configFile, overrides ?? [], options.seed),
        options,
        program: [process.execPath, resolve(process.argv[1]!)],
        refuseUsage: (message) => command.error(`error: ${message}`),
      };
      await perform(launcher, request);
    },
  );
}

async function perform(launcher: Launcher, request: LaunchRequest): Promise<void> {
  const { dryRun, wait } = request.options;
  const launch = await launcher.plan(request);
  if ('agents' in launch) {
    const { driveDeployment } = await import('./drive-deployment.ts');
    await driveDeployment(request, launch.agents);
  } else if ('agentOf' in launch) {
    const { agentAt } = await import('./agent.ts');
    await agentAt(launch.agentOf, wait);
  } else {
    console.log(dryRun ? launch.text : await launch.write());
  }
}

async function configOf(
  { writesFiles }: Launcher,
  file: string,
  overrides: readonly string[],
  seed: number | undefined,
) {
  const { loadConfig } = await import('../config/load-config.ts');
  // A path may be set only once: the default is added where the command line sets no world.
  const isWorldGiven = overrides.some((override) => override.startsWith('world='));
  const { config } = await loadConfig(file, {
    overrides: isWorldGiven ? [...overrides] : ['world=live', ...overrides],
    ...(seed === undefined ? {} : { seed }),
  });
  if (writesFiles && config.world === 'virtual') {
    const { InputError } = await import('../errors.ts');
    const agents = launchers.filter((launcher) => !launcher.writesFiles).map(({ name }) => name);
    throw new InputError({
      place: { file },
      found: 'world: virtual, which has no processes to put into containers',
      advice: [`expected world=live; these start agents that compute: ${agents.join(', ')}`],
    });
  }
  return config;
}

function addToken(deploy: Command): void {
  deploy
    .command('token')
    .description('write a new secret of 256 bits, for --token-file')
    .argument('<file>', 'only its owner can read it')
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
