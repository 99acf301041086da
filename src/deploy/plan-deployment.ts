import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureFolder } from '../ensure-folder.ts';
import { type Credentials, credentialsLine } from '../processes/credentials.ts';
import { type AgentCommand, type Deployment, onStdin } from '../processes/deployment.ts';
import { checkExposure, isLoopback } from '../transport/exposure.ts';
import type { Address } from '../worlds/live/protocol/placement.ts';
import type { AgentLaunch, Command } from './launcher.ts';
import { writeRendezvous } from './rendezvous.ts';
import { newTls, readTlsFolder, writeTlsFolder } from './tls-folder.ts';
import { newToken, readTokenFile, writeTokenFile } from './token-file.ts';

interface DeploymentOptions {
  launch: AgentLaunch;
  transport: 'tcp' | 'websocket';
  runDir: string;
  /** Where to listen; the launcher's or the machine's choice for what is left out. */
  listen: { host?: string; port?: number };
  /** Null: a new secret for this run. */
  tokenFile: string | null;
  /** Null: new certificates for this run, where they are needed. */
  tlsFolder: string | null;
  insecure: boolean;
  waitS: number;
  /** Gets lines for the terminal. */
  onLine: (line: string) => void;
}

/** A deployment that has not begun. */
export interface DeploymentPlan {
  deployment: Deployment;
  /** A risk that the user has to know of. */
  warning: string | null;
  /** The commands that it would run; PORT stands for a port that is not known yet. */
  commands: Command[];
  /** Files that it writes into the run folder, for as long as it lasts. */
  files: string[];
}

/** Decides where to listen, and which secret and certificates to use. Throws InputError where that is not safe. */
export async function planDeployment(options: DeploymentOptions): Promise<DeploymentPlan> {
  const { launch, runDir, transport, tokenFile, tlsFolder, insecure, waitS, onLine } = options;
  const listen = { host: options.listen.host ?? launch.listenHost, port: options.listen.port ?? 0 };
  const isExposed = !isLoopback(listen.host);
  const credentials: Credentials = {
    secret: tokenFile === null ? newToken() : readTokenFile(tokenFile),
    tls: await tlsOf(tlsFolder, isExposed && !insecure, listen.host),
    insecure,
  };
  const warning = checkExposure({ ...listen, ...credentials });
  const folder = resolve(runDir, 'deployment');
  const files = meetingFiles(folder, credentials);
  const agentOptions = (address: { host: string; port: string }) => [
    ...(launch.meeting === 'stdin'
      ? ['--join', `${address.host}:${address.port}`, '--transport', transport]
      : ['--rendezvous', files.rendezvous, '--token-file', files.token]),
    ...(launch.meeting === 'stdin' ? onStdin : files.options),
  ];
  const open = (address: Address): AgentCommand[] => {
    if (launch.meeting === 'files') {
      writeMeeting(folder, files, credentials, { ...address, transport });
    }
    const commands = launch.commands(agentOptions({ ...address, port: String(address.port) }));
    const input = launch.meeting === 'stdin' ? credentialsLine(credentials) : '';
    return commands.map((command) => ({ command, input }));
  };
  const port = listen.port === 0 ? 'PORT' : String(listen.port);
  return {
    deployment: {
      listen,
      credentials,
      agents: launch.agents,
      waitS,
      open,
      close: () => rmSync(folder, { recursive: true, force: true }),
      onShared: onLine,
    },
    warning,
    commands: launch.commands(agentOptions({ host: listen.host, port })),
    files: launch.meeting === 'files' ? files.all : [],
  };
}

async function tlsOf(folder: string | null, isNeeded: boolean, host: string) {
  if (folder !== null) return readTlsFolder(folder);
  return isNeeded ? newTls([host]) : null;
}

/** The files by which agents on a shared disk find the coordinator. */
function meetingFiles(folder: string, { tls, insecure }: Credentials) {
  const token = join(folder, 'token');
  const tlsFolder = join(folder, 'tls');
  const rendezvous = join(folder, 'rendezvous.json');
  const options = [
    ...(tls === null ? [] : ['--tls', tlsFolder]),
    ...(insecure ? ['--insecure'] : []),
  ];
  const all = [token, ...(tls === null ? [] : [tlsFolder]), rendezvous];
  return { token, tlsFolder, rendezvous, options, all };
}

function writeMeeting(
  folder: string,
  { token, tlsFolder, rendezvous }: ReturnType<typeof meetingFiles>,
  { secret, tls }: Credentials,
  where: Address & { transport: 'tcp' | 'websocket' },
): void {
  ensureFolder(folder, 0o700);
  writeTokenFile(token, secret!);
  if (tls !== null) writeTlsFolder(tlsFolder, tls);
  // Last: an agent that finds the address finds the other files too.
  writeRendezvous(rendezvous, where);
}
