import { createHash } from 'node:crypto';
import { availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import type { Config } from '../config/config-schema.ts';
import { isParameterFile } from '../config/resolve-paths.ts';
import { sensorSource } from '../config/sensors.ts';
import { InputError } from '../errors.ts';
import { packageVersion } from '../package-version.ts';
import type { Provenance, TraceFacts } from '../provenance.ts';
import { isRuleFile } from '../rules/running/load.ts';
import { sha256Of } from '../sha256-of.ts';
import type { Composition } from './compose.ts';

export function provenanceOf(
  config: Config,
  resolvedConfig: string,
  composition: Composition,
): Provenance {
  const { seed, mobility, model } = config;
  const { engine, threads, trace: facts } = composition;
  const files: Record<string, string> = {};
  for (const file of [mobility.network, mobility.buildings]) {
    if (file !== undefined) files[file] = sha256Of(file);
  }
  for (const file of [mobility.model, mobility.radio.model].filter(isRuleFile)) {
    files[file] = sha256Of(file);
  }
  if (isParameterFile(model.init)) files[model.init] = sha256Of(model.init);
  if (threads.model.kind === 'module') files[threads.model.module] = threads.model.sha256;
  const sensors = sensorSource(config);
  if (sensors !== 'built-in' && 'file' in sensors) files[sensors.file] = sha256Of(sensors.file);
  for (const file of datasetFiles(config.data.dataset)) files[file] = sha256Of(file);
  for (const intake of Object.values(threads.intakes)) {
    const { preAggregators, aggregator, stalenessWeight, attack, fallback } = intake;
    const others = [attack?.rule, fallback].filter((rule) => rule !== undefined && rule !== null);
    for (const rule of [...preAggregators, aggregator, stalenessWeight, ...others]) {
      if (rule.sha256 !== undefined) files[rule.module] = rule.sha256;
    }
  }
  for (const { push, pull } of Object.values(threads.triggers)) {
    for (const rule of [...push.list, ...pull.list]) {
      if (rule.sha256 !== undefined) files[rule.module] = rule.sha256;
    }
  }
  for (const { file } of composition.settings.hierarchy?.participants.values() ?? []) {
    if (file !== undefined) files[file] = sha256Of(file);
  }
  const { poison } = threads;
  if (poison?.sha256 !== undefined) files[poison.module] = poison.sha256;
  return {
    seed,
    version: packageVersion(),
    node: process.version,
    engine: engine.name,
    engineVersions: engine.versions,
    enginesLeftOut: engine.leftOut,
    inputs: {
      config: createHash('sha256').update(resolvedConfig).digest('hex'),
      trace: facts === null || facts.files.length === 0 ? null : traceHash(facts),
      dataset: composition.dataset.sha256,
      files,
    },
    trace: facts,
    machine: {
      platform: `${platform()} ${release()}`,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryMiB: Math.round(totalmem() / 2 ** 20),
    },
  };
}

function traceHash({ files }: TraceFacts): string {
  const hashes = files.map(sha256Of);
  if (hashes.length === 1) return hashes[0]!;
  return createHash('sha256').update(hashes.join('\n')).digest('hex');
}

/** Those of an IDX folder are in the dataset's own hash. */
function datasetFiles(dataset: Config['data']['dataset']): string[] {
  if (dataset.name === 'module') return [dataset.path];
  if (dataset.name !== 'csv') return [];
  const { train, test, validation } = dataset;
  return [train, test, validation].filter((file) => typeof file === 'string');
}

/** Inputs whose change may change bits of the results. */
type Inputs = Omit<Provenance, 'trace'>;

/** Something that a run was begun with, and what stands in its place. */
interface Difference {
  what: string;
  before: string;
  now: string;
}

/** Throws InputError when a run in that folder could not go on as it began. */
export function checkSameInputs(runDir: string, then: Provenance, now: Provenance): void {
  const changed = differences(then, now);
  if (changed.length === 0) return;
  const list = changed.map((each) => `${each.what} (${each.before}, now ${each.now})`);
  throw new InputError({
    place: { file: runDir },
    found: `changed since the run was started: ${list.join(', ')}`,
    advice: [
      'a run continues only with the inputs it began with: put them back, or start a new run',
    ],
  });
}

/** Differences that could make other bits of the same config. */
export function differences(then: Inputs, now: Inputs): Difference[] {
  const hashes = (what: string, of: (inputs: Provenance['inputs']) => string | undefined) => ({
    what,
    before: shortHash(of(then.inputs)),
    now: shortHash(of(now.inputs)),
  });
  const all = [
    hashes('config.resolved.yaml', ({ config }) => config),
    hashes('the trace', ({ trace }) => trace ?? undefined),
    hashes('the dataset', ({ dataset }) => dataset),
    ...Object.keys(then.inputs.files).map((file) => hashes(file, ({ files }) => files[file])),
    // Another one, or another version of it, would give other bits.
    { what: 'the engine', before: engineText(then), now: engineText(now) },
    { what: 'edgemlsim', before: then.version, now: now.version },
    // The same bits are promised on one major version only.
    ...(major(then.node) === major(now.node)
      ? []
      : [{ what: 'Node.js', before: then.node, now: now.node }]),
  ];
  return all.filter((each) => each.before !== each.now);
}

function shortHash(hash: string | undefined): string {
  return hash === undefined ? 'none' : `sha256 ${hash.slice(0, 12)}…`;
}

function engineText({ engine, engineVersions = {} }: Inputs): string {
  return [engine, ...Object.entries(engineVersions).map((pair) => pair.join(' '))].join(', ');
}

function major(version: string): string {
  return version.split('.')[0]!;
}
