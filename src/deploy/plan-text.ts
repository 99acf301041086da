import { compose } from '../compose/compose.ts';
import type { Config } from '../config/config-schema.ts';
import { shellWords } from '../shell-words.ts';
import { placeNodes, slotText } from '../worlds/live/protocol/placement.ts';
import type { DeploymentPlan } from './plan-deployment.ts';

/** Text of a deployment's plan. */
export async function planText(
  { deployment, commands, files }: DeploymentPlan,
  config: Config,
  runDir: string,
): Promise<string> {
  const { listen, credentials, agents, waitS } = deployment;
  const { transport } = config[config.world === 'live' ? 'live' : 'pool'];
  const port = listen.port === 0 ? 'any free port' : `port ${listen.port}`;
  const encryption = credentials.tls === null ? 'not encrypted' : 'TLS';
  return [
    `run folder: ${runDir}`,
    `coordinator: this process, listens at ${listen.host}, ${port} (${transport}, ${encryption})`,
    `secret: ${credentials.secret!.length * 8} bits, ${files.length > 0 ? 'in a file of mode 0600' : 'given to agents on their standard input'}`,
    `agents: ${agents}, which have ${waitS} s to come`,
    await workText(config),
    ...files.map((file) => `writes, until the end: ${file}`),
    ...commands.map((command) => `runs: ${shellWords(command)}`),
  ].join('\n');
}

/** Text of the agents' work. */
async function workText(config: Config): Promise<string> {
  if (config.world === 'virtual') {
    return 'processes: one on each agent, which computes gradients on all of its cores';
  }
  const { settings } = await compose(config);
  const places = placeNodes(settings, config.live.workerProcesses);
  return `processes, shared out by cores and live.placement: ${places.map(slotText).join(' | ')}`;
}
