import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { InputError } from '../errors.ts';
import type { Engine } from './engine.ts';
import { shellWords } from './shell-words.ts';

/** Seconds without an answer, twice in a row, after which a connection is given up. */
const ALIVE_S = 2;

const hostSchema = z.strictObject({
  host: z.string().min(1),
  user: z.string().min(1).optional(),
  port: z.int().min(1).max(65535).optional(),
  /** File of a private key. */
  key: z.string().min(1).optional(),
  /** Where edgemlsim is, or a project that it is installed in. */
  folder: z.string().min(1),
  /** What `edgemlsim` is there, as its shell shall read it. */
  program: z.string().min(1).default('npx --no edgemlsim'),
  cores: z.int().min(1).optional(),
});

/** One machine of a host list. */
export type SshHost = z.infer<typeof hostSchema>;

/** Reads a YAML list of hosts. Throws InputError. */
export function readHostList(file: string): SshHost[] {
  const place = { file };
  try {
    return z
      .array(hostSchema)
      .min(1)
      .parse(parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const said = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new InputError({
      place,
      found: `not a list of hosts: ${said}`,
      advice: ['expected YAML such as: [{ host: lab1, user: me, folder: /home/me/edgemlsim }]'],
    });
  }
}

/** One agent a host, which ends with its standard input: with the connection. */
export function sshEngine(
  hosts: readonly SshHost[],
  sshConfig: string | null,
  listenHost: string,
): Engine {
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
