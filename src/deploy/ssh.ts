import { shellWords } from '../shell-words.ts';
import type { AgentLaunch, Launcher } from './launcher.ts';
import { reachableAddress } from './reachable-address.ts';
import type { SshHost } from './ssh-hosts.ts';

/** Seconds without an answer, twice in a row, after which a connection is given up. */
const ALIVE_S = 2;

export const ssh: Launcher<{ hosts: string; sshConfig?: string }> = {
  name: 'ssh',
  description: 'one agent on each machine of a list, which end with the connection',
  options: [
    {
      flags: '--hosts <file>',
      description: 'YAML list of host, user, port, key, folder, program, cores',
      isRequired: true,
    },
    { flags: '--ssh-config <file>', description: 'for ssh, instead of the one of this user' },
  ],
  plan: async ({ options: { hosts, sshConfig = null } }) => {
    // Loaded only here: every command of edgemlsim loads this file for its help.
    const { readHostList } = await import('./ssh-hosts.ts');
    return { agents: sshAgents(readHostList(hosts), sshConfig, await reachableAddress()) };
  },
};

/** One agent a host, which ends with its standard input: with the connection. */
export function sshAgents(
  hosts: readonly SshHost[],
  sshConfig: string | null,
  listenHost: string,
): AgentLaunch {
  return {
    name: 'ssh',
    agents: hosts.length,
    listenHost,
    meeting: 'stdin',
    commands: (agentOptions) =>
      hosts.map((host) => [
        'ssh',
        ...sshOptions(host, sshConfig),
        remoteCommand(host, agentOptions),
      ]),
  };
}

function sshOptions({ host, user, port, key }: SshHost, sshConfig: string | null): string[] {
  return [
    ...(sshConfig === null ? [] : ['-F', sshConfig]),
    ...['-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
    ...['-o', `ServerAliveInterval=${ALIVE_S}`, '-o', 'ServerAliveCountMax=2'],
    ...(key === undefined ? [] : ['-i', key]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    user === undefined ? host : `${user}@${host}`,
  ];
}

function remoteCommand({ host, folder, program, cores }: SshHost, options: readonly string[]) {
  const more = ['--name', host, ...(cores === undefined ? [] : ['--cores', String(cores)])];
  return `cd ${shellWords([folder])} && exec ${program} ${shellWords(['agent', ...options, ...more])}`;
}
