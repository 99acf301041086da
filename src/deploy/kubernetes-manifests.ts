import { stringify } from 'yaml';
import {
  COORDINATOR_PORT,
  type ContainerLimits,
  SECRETS_FOLDER,
  type secretFiles,
  secretOptions,
} from './container-parts.ts';
import type { Command } from './launcher.ts';

interface ManifestOptions {
  name: string;
  /** Holds edgemlsim and the run's files, under the paths of the config. */
  image: string;
  program: Command;
  /** `edgemlsim deploy manual …` without where to listen and the secret. */
  simulation: readonly string[];
  transport: 'tcp' | 'websocket';
  agents: number;
  limits: ContainerLimits;
  /** By name: the token and the certificates. */
  secrets: Readonly<Record<(typeof secretFiles)[number], string>>;
  /** Where the run folder is kept: a folder of the image, and the claim that is mounted there. */
  kept: { folder: string; claim: string } | null;
}

/** Manifests: the secret, a service for the coordinator, its job, and one for the agents. */
export function kubernetesManifests(options: ManifestOptions): string {
  const { name, secrets } = options;
  const service = `edgemlsim-${name}`;
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: service },
    type: 'Opaque',
    stringData: { ...secrets },
  };
  const entrance = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: service },
    spec: { selector: { app: service, role: 'coordinator' }, ports: [{ port: COORDINATOR_PORT }] },
  };
  const all = [secret, entrance, coordinatorJob(service, options), agentsJob(service, options)];
  return all.map((manifest) => stringify(manifest, { lineWidth: 0 })).join('---\n');
}

function coordinatorJob(service: string, options: ManifestOptions): object {
  const { program, simulation, kept } = options;
  const command = [...program, ...simulation, '--listen', `0.0.0.0:${COORDINATOR_PORT}`];
  const runs = { name: 'runs' };
  const volumes =
    kept === null ? [] : [{ ...runs, persistentVolumeClaim: { claimName: kept.claim } }];
  const container = {
    ...containerOf('coordinator', [...command, ...secretOptions], options),
    ports: [{ containerPort: COORDINATOR_PORT }],
  };
  if (kept !== null) container.volumeMounts.push({ ...runs, mountPath: kept.folder });
  return jobOf(service, 'coordinator', 1, container, volumes);
}

function agentsJob(service: string, options: ManifestOptions): object {
  const { program, transport, agents } = options;
  const command = [
    ...[...program, 'agent', '--join', `${service}:${COORDINATOR_PORT}`, '--transport', transport],
    ...[...secretOptions, '--cores', '1'],
  ];
  return jobOf(service, 'agents', agents, containerOf('agent', command, options), []);
}

function jobOf(
  service: string,
  role: string,
  pods: number,
  container: object,
  volumes: object[],
): object {
  const secrets = { name: 'secrets', secret: { secretName: service, defaultMode: 0o400 } };
  const spec = {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    containers: [container],
    volumes: [secrets, ...volumes],
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `${service}-${role}` },
    spec: {
      parallelism: pods,
      completions: pods,
      // A process that is lost does not come back to this run.
      backoffLimit: 0,
      template: { metadata: { labels: { app: service, role } }, spec },
    },
  };
}

function containerOf(name: string, command: string[], { image, limits }: ManifestOptions) {
  const resources = { cpu: String(limits.cpus), memory: `${limits.memoryBytes / 2 ** 20}Mi` };
  const secrets: { name: string; mountPath: string; readOnly?: boolean } = {
    name: 'secrets',
    mountPath: SECRETS_FOLDER,
    readOnly: true,
  };
  return {
    name,
    image,
    command,
    resources: { requests: resources, limits: resources },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    volumeMounts: [secrets],
  };
}
