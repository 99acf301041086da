import { resolve } from 'node:path';
import type { LaunchRequest, SharedOptions } from './launcher.ts';

/** The arguments of the same command for another launcher, which a job or a container runs. */
export function sameCommand(
  launcher: string,
  { configFile, overrides, options }: Pick<LaunchRequest, 'configFile' | 'overrides' | 'options'>,
): string[] {
  return ['deploy', launcher, configFile, ...overrides, ...sharedArguments(options)];
}

/** `edgemlsim deploy manual` with the same config, in a container that knows the file by its path. */
export function manualCommand(
  { configFile, overrides, options }: LaunchRequest,
  agents: number,
  runDir: string,
): string[] {
  const { wait = 120, seed } = options;
  const shared = sharedArguments({ out: runDir, wait, ...(seed !== undefined && { seed }) });
  const own = ['--agents', String(agents), '--json'];
  return ['deploy', 'manual', resolve(configFile), ...overrides, ...shared, ...own];
}

function sharedArguments(options: SharedOptions): string[] {
  const { out, seed, json, listen, tokenFile, tls, insecure, wait, threads } = options;
  const host = listen?.host?.includes(':') ? `[${listen.host}]` : (listen?.host ?? '');
  const port = listen?.port === undefined ? '' : `:${listen.port}`;
  return [
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
