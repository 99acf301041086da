import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../errors.ts';
import { damagedFiles, readRunFiles } from '../../report/page/run-files.ts';
import type { RunRecord } from '../../report/run/run-record.ts';
import type { ExportedRun, ExportedRuns } from '../exported-runs.ts';
import { runScalars, type Scalars } from '../run-scalars.ts';
import { inBatches, type LoggedMetric, type Named } from './batches.ts';
import { configParameters, keyText } from './parameters.ts';
import type { TrackingServer } from './tracking-server.ts';

/** Which run it is, and which journal was logged: the latter is set when all of it is there. */
const RUN_TAG = 'edgemlsim.run';
const JOURNAL_TAG = 'edgemlsim.journal';

/** Files of a run folder that are logged; the journal stays where it is. */
const ARTIFACTS = [
  'config.resolved.yaml',
  'provenance.json',
  'metrics.csv',
  'aggregations.csv',
  'plot.svg',
  'report.html',
  'model.safetensors',
];

/** Outcome of the export of a run. */
interface LoggedRun {
  folder: string;
  /** `there`: the server had it already. */
  outcome: 'logged' | 'there';
  /** Why its files were not logged; null where they were. */
  withoutFiles: string | null;
}

/** Answers of the server, as far as they matter here. */
const experimentMade = z.object({ experiment_id: z.string() });
const experimentFound = z.object({
  experiment: z.object({ experiment_id: z.string(), lifecycle_stage: z.string() }),
});
const serverRun = z.object({
  info: z.object({ run_id: z.string(), artifact_uri: z.string() }),
  data: z
    .object({ tags: z.array(z.object({ key: z.string(), value: z.string() })).optional() })
    .optional(),
});
const runMade = z.object({ run: serverRun });
const runsFound = z.object({ runs: z.array(serverRun).optional() });
const done = z.object({});

/**
 * Logs each run as one of MLflow, in an experiment of the name. A run that the server has with the
 * same journal is left alone; one of an earlier state of the journal is replaced. Calls back after each.
 */
export async function writeMlflow(
  { name, runs }: ExportedRuns,
  server: TrackingServer,
  onRun: (run: LoggedRun) => void,
): Promise<void> {
  const experiment = await experimentOf(name, server);
  for (const run of runs) onRun(await logRun(run, experiment, server));
}

async function experimentOf(name: string, server: TrackingServer): Promise<string> {
  const query = { experiment_name: name };
  const found = await server.get('experiments/get-by-name', query, experimentFound);
  if (found === null) {
    const made = await server.ask('experiments/create', { name }, experimentMade);
    return made.experiment_id;
  }
  const { experiment_id: id, lifecycle_stage: stage } = found.experiment;
  if (stage !== 'deleted') return id;
  throw new InputError({
    path: ['--tracking-uri'],
    found: `the experiment ${JSON.stringify(name)} is deleted there`,
    advice: [
      `restore it with \`mlflow experiments restore -x ${id}\`, or remove it with mlflow gc`,
    ],
  });
}

async function logRun(
  run: ExportedRun,
  experiment: string,
  server: TrackingServer,
): Promise<LoggedRun> {
  const { record, moments } = await runScalars(run);
  const { hash } = record.extent;
  const damage = damagedFiles(run.dir);
  if (damage.length > 0) throw new InputError(damage);
  const files = readRunFiles(run.dir);
  const identity = files.provenance?.id ?? hash;
  for (const before of await runsTagged(identity, experiment, server)) {
    const tag = before.data?.tags?.find(({ key }) => key === JOURNAL_TAG);
    if (tag?.value === hash) return { folder: run.folder, outcome: 'there', withoutFiles: null };
    await server.ask('runs/delete', { run_id: before.info.run_id }, done);
  }
  const startMs = startOf(run.dir);
  const tags = tagsOf(run, record, { identity, commit: files.provenance?.commit ?? undefined });
  const wanted = { experiment_id: experiment, run_name: run.folder, start_time: startMs, tags };
  const made = await server.ask('runs/create', wanted, runMade);
  const { run_id, artifact_uri } = made.run.info;
  const logged = {
    params: configParameters(files.config ?? {}),
    metrics: metricsOf(moments, startMs),
  };
  for (const batch of inBatches(logged)) {
    await server.ask('runs/log-batch', { run_id, ...batch }, done);
  }
  const withoutFiles = await putFiles(run.dir, artifact_uri, server);
  const status = record.ended === null ? 'KILLED' : 'FINISHED';
  const endMs = startMs + Math.round(record.simTimeS * 1000);
  await server.ask('runs/update', { run_id, status, end_time: endMs }, done);
  await server.ask('runs/set-tag', { run_id, key: JOURNAL_TAG, value: hash }, done);
  return { folder: run.folder, outcome: 'logged', withoutFiles };
}

async function runsTagged(
  identity: string,
  experiment: string,
  server: TrackingServer,
): Promise<z.infer<typeof serverRun>[]> {
  const filter = `tags.\`${RUN_TAG}\` = '${identity}'`;
  const query = { experiment_ids: [experiment], filter, max_results: 100 };
  const { runs = [] } = await server.ask('runs/search', query, runsFound);
  return runs;
}

/** When the run began, in milliseconds since 1970: the first file that it wrote. */
function startOf(dir: string): number {
  const first = ['provenance.json', 'journal.jsonl']
    .map((name) => join(dir, name))
    .find(existsSync);
  return Math.round(statSync(first!).mtimeMs);
}

function tagsOf(
  { arm, levels, variant, seed, folder }: ExportedRun,
  record: RunRecord,
  { identity, commit }: { identity: string; commit: string | undefined },
): Named[] {
  const tags: Record<string, string | undefined> = {
    [RUN_TAG]: identity,
    'mlflow.source.type': 'LOCAL',
    'mlflow.source.name': 'edgemlsim',
    'mlflow.source.git.commit': commit,
    'edgemlsim.folder': folder,
    'edgemlsim.arm': arm,
    'edgemlsim.variant': variant ?? undefined,
    'edgemlsim.seed': String(record.seed || seed),
    'edgemlsim.ended': record.ended ?? 'not yet',
  };
  for (const [factor, level] of Object.entries(levels)) tags[`edgemlsim.level.${factor}`] = level;
  return Object.entries(tags).flatMap(([key, value]) => {
    return value === undefined ? [] : { key: keyText(key), value };
  });
}

/** A metric's timestamp is the start of the run and its simulated time. */
function metricsOf(moments: readonly Scalars[], startMs: number): LoggedMetric[] {
  return moments.flatMap(({ timeS, step, values }) => {
    const timestamp = startMs + Math.round(timeS * 1000);
    return values.map(({ tag, value }) => {
      // JSON has no numbers for these; the server takes their names.
      const number = Number.isFinite(value) ? value : String(value);
      return { key: keyText(tag), value: number, timestamp, step };
    });
  });
}

const PROXIED = /^mlflow-artifacts:\/+/;

/** Puts the files where the server keeps artifacts; why not, where it does not take them. */
async function putFiles(
  dir: string,
  artifactUri: string,
  server: TrackingServer,
): Promise<string | null> {
  if (!PROXIED.test(artifactUri)) {
    return `the server takes no files itself, but keeps them at ${artifactUri}`;
  }
  const folder = artifactUri.replace(PROXIED, '');
  for (const name of ARTIFACTS) {
    const file = join(dir, name);
    if (existsSync(file)) await server.putArtifact(`${folder}/${name}`, file);
  }
  return null;
}
