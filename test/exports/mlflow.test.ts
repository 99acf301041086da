import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { exportedRuns } from '#src/exports/exported-runs.js';
import { inBatches } from '#src/exports/mlflow/batches.js';
import { configParameters } from '#src/exports/mlflow/parameters.js';
import { TrackingServer } from '#src/exports/mlflow/tracking-server.js';
import { writeMlflow } from '#src/exports/mlflow/write-mlflow.js';
import { snippetOf, testWithPython } from './ask-python.ts';
import { startMlflow } from './mlflow-server.ts';
import { smallStudy } from './small-study.ts';

const reading = testWithPython('mlflow');

const FACTS = `
import json, mlflow
mlflow.set_tracking_uri("http://localhost:5000")
client = mlflow.MlflowClient()
facts = []
for run in mlflow.search_runs(experiment_names=["range"], output_format="list"):
    id, start = run.info.run_id, run.info.start_time
    history = lambda key: [[p.step, p.timestamp - start, p.value] for p in client.get_metric_history(id, key)]
    facts.append({
        "folder": run.info.run_name, "status": run.info.status, "params": run.data.params,
        "took": run.info.end_time - start, "rule": run.data.tags["edgemlsim.level.rule"],
        "accuracy": history("accuracy/cloud"), "vectors": history("aggregated_vectors/a"),
        "files": {f.path: f.file_size for f in client.list_artifacts(id)},
    })
print(json.dumps(sorted(facts, key=lambda run: run["folder"])))
`;

reading.test('a tracking server has each run once', { timeout: 400_000 }, async () => {
  const study = await smallStudy('mlflow');
  const config = 'servers:\n  - { id: a }\nlayers:\n  edge: { deadlineS: 30 }\n';
  writeFileSync(join(study, 'mean/seed-7/config.resolved.yaml'), config);
  writeFileSync(join(study, 'mean/seed-7/provenance.json'), '{"id":"the first"}');
  const { uri, stop } = await startMlflow(reading.python, study);
  onTestFinished(stop);
  const ask = (script: string) =>
    reading.ask(script.replace('http://localhost:5000', uri).replace('"range"', '"small"'), study);
  // A run that goes on replaces what was logged of it.
  const journal = join(study, 'mean/seed-7/journal.jsonl');
  const whole = readFileSync(journal, 'utf8');
  writeFileSync(journal, whole.replace(/.*"run-ended".*\n/, ''));
  expect(await logged(study, uri)).toEqual(['mean/seed-7 logged', 'median/seed-7 logged']);
  writeFileSync(journal, whole);
  expect(await logged(study, uri)).toEqual(['mean/seed-7 logged', 'median/seed-7 there']);
  expect(await logged(study, uri)).toEqual(['mean/seed-7 there', 'median/seed-7 there']);

  // As in tenSeconds().
  const accuracy = [
    [0, 0, 0.1],
    [1, 5000, 0.6],
    [1, 10_000, 0.5],
  ];
  expect(new Set(ask(snippetOf('MLflow')).trim().split('\n'))).toEqual(
    new Set(
      ['mean', 'median'].flatMap((arm) =>
        accuracy.map(([step, , value]) => `${arm} ${step} ${value}`),
      ),
    ),
  );
  const [mean, median] = JSON.parse(ask(FACTS));
  expect(mean).toEqual({
    ...{ folder: 'mean/seed-7', rule: 'mean', status: 'FINISHED', took: 10_000, accuracy },
    params: { servers: '[{"id":"a"}]', 'layers.edge.deadlineS': '30' },
    vectors: [
      [0, 3000, 2],
      [1, 8000, 1],
    ],
    files: { 'config.resolved.yaml': config.length, 'provenance.json': 18 },
  });
  expect(median.files).toEqual({});
});

async function logged(study: string, uri: string): Promise<string[]> {
  const runs: string[] = [];
  await writeMlflow(exportedRuns(study), new TrackingServer(uri, {}), ({ folder, outcome }) => {
    runs.push(`${folder} ${outcome}`);
  });
  return runs;
}

test('requests hold no more than MLflow takes', () => {
  const params = Array.from({ length: 250 }, (_, i) => ({ key: `p${i}`, value: '' }));
  const metrics = Array.from({ length: 2001 }, (_, i) => {
    return { key: 'm', value: i, timestamp: 0, step: i };
  });
  const batches = [...inBatches({ params, metrics })];
  const sizes = batches.map((batch) => [batch.params?.length ?? 0, batch.metrics?.length ?? 0]);
  expect(sizes).toEqual([
    [100, 0],
    [100, 0],
    [50, 0],
    [0, 1000],
    [0, 1000],
    [0, 1],
  ]);
  expect(batches.flatMap((batch) => batch.params ?? [])).toEqual(params);
  expect(batches.flatMap((batch) => batch.metrics ?? [])).toEqual(metrics);
});

test('parameters are the values of a config by path, with keys that MLflow takes', () => {
  const config = { name: 'a', layers: { 'edge*1': { f: null, before: [{ rule: 'clip' }] } } };
  expect(configParameters(config)).toEqual([
    { key: 'name', value: 'a' },
    { key: 'layers.edge_1.f', value: 'null' },
    { key: 'layers.edge_1.before', value: '[{"rule":"clip"}]' },
  ]);
});

test.each([
  [{ MLFLOW_TRACKING_TOKEN: 't' }, 'Bearer t'],
  // "u:p" in base 64.
  [{ MLFLOW_TRACKING_USERNAME: 'u', MLFLOW_TRACKING_PASSWORD: 'p' }, 'Basic dTpw'],
  [{}, undefined],
])('who asks is taken from the environment: %j', async (credentials, expected) => {
  const asked: IncomingMessage[] = [];
  const uri = await answering(200, '{}', (request) => asked.push(request));
  await new TrackingServer(uri, credentials).ask('runs/search', {}, z.object({}));
  expect(asked.map(({ headers }) => headers.authorization)).toEqual([expected]);
});

test.each([
  [401, '', /refused access \(HTTP 401\)\n {2}set MLFLOW_TRACKING_USERNAME/],
  [404, '<html>', /is no tracking server of MLflow \(HTTP 404\)/],
  [200, '<html>', /is no tracking server of MLflow \(HTTP 200\)/],
  [
    400,
    '{"error_code":"INVALID_PARAMETER_VALUE","message":"too long"}',
    /refused runs\/create \(HTTP 400\): too long/,
  ],
  [200, '{}', /is no tracking server of MLflow \(HTTP 200\)/],
  [200, '[]', /is no tracking server of MLflow \(HTTP 200\)/],
  [404, '{"error_code":"RESOURCE_DOES_NOT_EXIST"}', /refused runs\/create \(HTTP 404\)/],
  [400, '{"error_code":"A","message":"\\u001b[2Jtwo\\nlines"}', /\(HTTP 400\): \[2Jtwo lines\n/],
  [503, 'busy', /refused runs\/create \(HTTP 503\): busy/],
])('an answer %i %s is reported', async (status, text, expected) => {
  const uri = await answering(status, text);
  await expect(
    new TrackingServer(uri, {}).ask('runs/create', {}, z.object({ run: z.object({}) })),
  ).rejects.toThrow(expected);
});

test('an address that nothing listens at, or that is none, is reported', async () => {
  const uri = await answering(200, '');
  const free = new TrackingServer(`http://127.0.0.1:1`, {});
  await expect(free.ask('runs/search', {}, z.object({}))).rejects.toThrow(
    /no answer from http:\/\/127.0.0.1:1 \(/,
  );
  expect(() => new TrackingServer(uri.slice('http://'.length), {})).toThrow(
    /--tracking-uri: not the address of a server/,
  );
});

test('a password in the address is sent, but no message shows it', async () => {
  const asked: IncomingMessage[] = [];
  const uri = await answering(200, '{}', (request) => asked.push(request));
  const secret = uri.replace('://', '://u:s%40cret@');
  const server = new TrackingServer(secret, {});
  await server.ask('runs/search', {}, z.object({}));
  // "u:s@cret" in base 64.
  expect(asked[0]!.headers.authorization).toBe('Basic dTpzQGNyZXQ=');
  const messages = [
    () => server.ask('runs/create', {}, z.object({ run: z.object({}) })),
    () =>
      new TrackingServer('http://u:s@cret@127.0.0.1:1', {}).ask('runs/search', {}, z.object({})),
  ];
  for (const ask of messages) {
    const message = ask();
    await expect(message).rejects.toThrow(/http:\/\/…@127\.0\.0\.1/);
    await expect(message).rejects.not.toThrow(/cret/);
  }
  expect(() => new TrackingServer('u:s@cret@host', {})).toThrow(/a server: "…@host"/);
});

test('a run with a damaged config or provenance is reported, and not logged', async () => {
  const dir = await smallStudy('damaged');
  const runDir = join(dir, 'mean/seed-7');
  const asked: string[] = [];
  const uri = await answering(
    200,
    '{"experiment":{"experiment_id":"1","lifecycle_stage":"active"}}',
    ({ url }) => asked.push(url!),
  );
  const config = 'name: a\nseed: 7\n';
  // SHA-256 of that text, by sha256sum.
  const hash = '34988c841272240b39a9cd48d1736845a5e9ae5a0b840802695fc1634cd9ab2f';
  const write = (file: string, text: string) => writeFileSync(join(runDir, file), text);
  write('config.resolved.yaml', 'name: a\n');
  write('provenance.json', JSON.stringify({ inputs: { config: hash } }));
  await expect(logged(dir, uri)).rejects.toThrow(
    /mean\/seed-7\/config\.resolved\.yaml: damaged: its SHA-256 is [0-9a-f]{12}…, provenance\.json has 34988c841272…\n {2}expected/,
  );
  write('config.resolved.yaml', 'name: [a\n');
  write('provenance.json', '{ "inputs": ');
  await expect(logged(dir, uri)).rejects.toThrow(
    /config\.resolved\.yaml: damaged: no map in YAML(.|\n)*provenance\.json: damaged: no JSON object/,
  );
  expect(asked.filter((url) => url.includes('runs/'))).toEqual([]);
  // A run that has its own files again is asked for.
  write('config.resolved.yaml', config);
  write('provenance.json', JSON.stringify({ inputs: { config: hash } }));
  await expect(logged(dir, uri)).rejects.toThrow(/runs|tracking server/);
  expect(asked.some((url) => url.includes('runs/'))).toBe(true);
});

/** The address of a server that gives every request the same answer. */
async function answering(
  status: number,
  text: string,
  onRequest: (request: IncomingMessage) => void = () => {},
): Promise<string> {
  const server = createServer((request, response) => {
    onRequest(request);
    response.writeHead(status).end(text);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
