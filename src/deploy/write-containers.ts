import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compose } from '../compose/compose.ts';
import type { Config } from '../config/config-schema.ts';
import { InputError } from '../errors.ts';
import { composeFile } from './compose-file.ts';
import {
  type ContainerLimits,
  pinnedTo,
  processContainers,
  type secretFiles,
} from './container-parts.ts';
import type { Command } from './engine.ts';
import { filesOfRun } from './files-of-run.ts';
import { kubernetesManifests } from './kubernetes-manifests.ts';
import { writePrivately } from './private-file.ts';
import { newTls, writeTlsFolder } from './tls-folder.ts';
import { newToken, writeTokenFile } from './token-file.ts';

interface Common {
  config: Config;
  image: string;
  /** Where the files go. */
  folder: string;
  limits: ContainerLimits;
  /** Arguments of `edgemlsim` that simulate for so many agents, with these changes to the config. */
  simulate: (agents: number, overrides: readonly string[]) => string[];
  /** Only the text is wanted. */
  isDry: boolean;
}

/**
 * Writes a Compose file, a secret and certificates; returns what to tell the user. `main` is this
 * program's main file, by its real path.
 */
export async function writeCompose(
  options: Common & { configFile: string; main: string },
): Promise<string> {
  const { config, configFile, main, image, folder, limits, simulate, isDry } = options;
  const { settings } = await compose(config);
  const containers = processContainers(settings, config);
  const processes = containers.map(({ name }) => name);
  const owner = process.getuid === undefined ? null : `${process.getuid()}:${process.getgid!()}`;
  const text = composeFile({
    ...{ image, processes, limits, folder, owner },
    // Wherever the image keeps its Node.
    program: ['node', main],
    readable: filesOfRun(config, configFile, main),
    simulation: simulate(processes.length, pinnedTo(containers)),
    transport: config.live.transport,
  });
  if (isDry) return text;
  makeFolder(folder);
  const file = join(folder, 'compose.yaml');
  writeTokenFile(join(folder, 'token'), newToken());
  writeTlsFolder(folder, await newTls(['coordinator']));
  writeFileSync(file, text);
  return `wrote ${file}, a token and certificates\ndocker compose -f ${file} up`;
}

/** Writes manifests, whose secret they hold; returns what to tell the user. */
export async function writeKubernetes(
  options: Common & { program: Command; kept: { folder: string; claim: string } | null },
): Promise<string> {
  const { config, image, program, folder, limits, simulate, isDry, kept } = options;
  const { settings } = await compose(config);
  const agents = processContainers(settings, config).length;
  const text = (secrets: Record<(typeof secretFiles)[number], string>) =>
    kubernetesManifests({
      name: nameOf(config),
      ...{ image, program, agents, limits, secrets, kept },
      simulation: simulate(agents, []),
      transport: config.live.transport,
    });
  const hidden = '(made when this is not a dry run)';
  if (isDry)
    return text({ token: hidden, 'ca.pem': hidden, 'cert.pem': hidden, 'key.pem': hidden });
  const { ca, cert, key } = await newTls([`edgemlsim-${nameOf(config)}`]);
  const token = newToken().toString('hex');
  makeFolder(folder);
  const file = join(folder, 'manifests.yaml');
  writePrivately(file, text({ token, 'ca.pem': ca, 'cert.pem': cert, 'key.pem': key }));
  return `wrote ${file}, which holds the secret\nkubectl apply -f ${file}`;
}

/** As containers and services may be called. */
function nameOf({ name }: Config): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'run'
  );
}

function makeFolder(folder: string): void {
  if (existsSync(folder)) {
    throw new InputError({
      place: { file: folder },
      found: 'the folder is there already',
      advice: ['choose another one with --out'],
    });
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}
