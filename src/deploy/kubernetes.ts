import { join } from 'node:path';
import { manualCommand } from './launch-again.ts';
import type { ContainerOptions, Launcher } from './launcher.ts';

/** Text that a dry run shows in place of each secret. */
const HIDDEN = '(made when this is not a dry run)';

export const kubernetes: Launcher<ContainerOptions & { claim?: string }> = {
  name: 'kubernetes',
  description: 'experimental, not yet tried on a cluster: write manifests for Kubernetes',
  options: [
    {
      flags: '--image <name>',
      description: 'holds edgemlsim and the files of the run',
      isRequired: true,
    },
    {
      flags: '--claim <name>',
      description: 'volume claim that keeps the run folder, mounted at /runs',
    },
  ],
  writesFiles: true,
  plan: async (request) => {
    const { config, options } = request;
    // Loaded only here: every command of edgemlsim loads this file for its help.
    const { containersOf, folderFor, limitsOf, makeFolder } = await import('./container-parts.ts');
    const { kubernetesManifests } = await import('./kubernetes-manifests.ts');
    const limits = limitsOf(options);
    const agents = (await containersOf(config, limits)).length;
    const folder = folderFor(request);
    const name = kubernetesName(config.name);
    const textWith = (secrets: Secrets) =>
      kubernetesManifests({
        name,
        image: options.image,
        program: ['npx', '--no', 'edgemlsim'],
        simulation: manualCommand(request, agents, `/runs/${config.name}`),
        transport: config.live.transport,
        agents,
        limits,
        secrets,
        kept: options.claim === undefined ? null : { folder: '/runs', claim: options.claim },
      });
    const write = async () => {
      const { newToken } = await import('./token-file.ts');
      const { newTls } = await import('./tls-folder.ts');
      const { writeAtomically } = await import('../write-atomically.ts');
      const { ca, cert, key } = await newTls([`edgemlsim-${name}`]);
      const token = newToken().toString('hex');
      const file = join(folder, 'manifests.yaml');
      makeFolder(folder);
      const text = textWith({ token, 'ca.pem': ca, 'cert.pem': cert, 'key.pem': key });
      writeAtomically(file, text, { mode: 0o600 });
      return `wrote ${file}, which holds the secret\nkubectl apply -f ${file}`;
    };
    const text = textWith({
      token: HIDDEN,
      'ca.pem': HIDDEN,
      'cert.pem': HIDDEN,
      'key.pem': HIDDEN,
    });
    return { text, write };
  },
};

type Secrets = Record<'token' | 'ca.pem' | 'cert.pem' | 'key.pem', string>;

/** The run's name, as containers and services may be called. */
function kubernetesName(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'run'
  );
}
