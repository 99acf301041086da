import { collectDataset } from '../collect-garbage.ts';
import { localLearningRate } from '../compose/local-learning-rate.ts';
import { openLearning } from '../compose/open-learning.ts';
import type { OpenModel } from '../compose/open-model.ts';
import type { Config } from '../config/config-schema.ts';
import { sensorSource } from '../config/sensors.ts';
import { wantedEngine } from '../config/wanted-engine.ts';
import { InputError } from '../errors.ts';
import { bindKernels } from '../kernels/kernels.ts';
import { createKernelMemory } from '../kernels/memory.ts';
import type { Dataset, SplitName } from '../learning/dataset.ts';
import { loadDataset } from '../learning/datasets/load.ts';
import { compileLearningRate } from '../learning/learning-rate.ts';
import { withoutItems } from '../learning/only-splits.ts';
import { placeDataset } from '../learning/placed-dataset.ts';
import type { SensorSource } from '../learning/windows/sensor.ts';
import type { ComputationSettings } from '../worlds/computing/computation-settings.ts';
import type { ThreadSetup } from '../worlds/computing/task.ts';
import type { ProcessSlot } from '../worlds/live/protocol/placement.ts';
import type { WorldSettings } from '../worlds/world-settings.ts';
import type { RunManifest } from './run-manifest.ts';

// Modules that only some of the processes need are imported where they need them: there are many of
// them.

/** Parts with which one process of a live run works. */
export interface ProcessSetup {
  settings: WorldSettings;
  computation: ComputationSettings;
  threads: ThreadSetup;
  /** The first parameters, where nodes have a model of their own; null elsewhere. */
  theta: Float32Array | null;
}

/**
 * Makes it: the items that the process computes on and the rules of its own servers. Throws
 * InputError for files that are not as they were at the coordinator.
 */
export async function processSetup(
  manifest: RunManifest,
  slot: ProcessSlot,
): Promise<ProcessSetup> {
  const { config, computation } = manifest;
  const splits = await computedSplits(manifest, slot);
  const hasModel = slot.role === 'cloud' || isTree(manifest);
  const mustTry = splits.length > 0 && wantedEngine(config) !== 'reference';
  const model = hasModel || mustTry ? await firstModel(manifest) : null;
  const theta = model?.theta ?? null;
  const dataset = splits.length === 0 ? null : await sameDataset(manifest);
  const threads =
    dataset === null
      ? aggregatingThread(manifest, slot)
      : await learningThread(manifest, slot, theta, dataset, splits);
  const settings = {
    ...(await settingsOf(manifest)),
    hierarchy: model && isTree(manifest) ? await hierarchy(manifest, model) : null,
    windows:
      slot.role === 'workers' && isTree(manifest) && dataset !== null
        ? await ownWindows(manifest, slot, dataset)
        : null,
    // The coordinator begins the journal.
    memory: null,
  };
  collectDataset();
  return { settings, computation, threads, theta: hasModel ? theta : null };
}

/** Whether every node has a model of its own. */
function isTree({ config }: RunManifest): boolean {
  return config.rounds.mode === 'hierarchical';
}

async function hierarchy(
  { config, settings, threads }: RunManifest,
  model: OpenModel,
): Promise<WorldSettings['hierarchy']> {
  const { hierarchyOf } = await import('../compose/hierarchy.ts');
  return hierarchyOf(config, settings.workers, threads.triggers, model);
}

async function settingsOf(
  manifest: RunManifest,
): Promise<Omit<WorldSettings, 'hierarchy' | 'windows' | 'memory'>> {
  const { config, settings } = manifest;
  return {
    ...settings,
    cloud: { ...settings.cloud, learningRate: compileLearningRate(config.training.learningRate) },
    localLearningRate: localLearningRate(config),
    ...(manifest.attacksMessages
      ? await messageAttacks(config)
      : { deliveryAttacks: new Map(), modelAttacks: new Map() }),
    // The coordinator deals out the data.
    itemsByOwner: new Map(),
  };
}

/** Sensors and shares are drawn as at the coordinator, so a worker's windows are what they are anywhere. */
async function ownWindows(
  { config, settings: { workers } }: RunManifest,
  { nodes }: ProcessSlot,
  dataset: Dataset,
): Promise<WorldSettings['windows']> {
  const { windowsOf } = await import('../compose/hierarchy.ts');
  const { partitionOf } = await import('../learning/partitions/index.ts');
  const { openStream } = await import('../simulation/random.ts');
  const stream = openStream(config.seed, 'partition');
  const itemsByOwner = partitionOf(config.data.partition)(dataset.splits.train, workers, stream);
  const windows = await windowsOf(config, workers, dataset, itemsByOwner);
  if (windows === null) return null;
  const own = [...windows.workers].filter(([worker]) => nodes.includes(worker));
  const sensors = own.flatMap(([, { sensors }]) => sensors.map(({ id }) => id));
  const source = await sourceHere(config, sensors, dataset.splits.train.items, windows.source);
  return { ...windows, workers: new Map(own), source };
}

/**
 * The source of the sensors' items. Items from Kafka go to the process whose workers they are for;
 * all that the broker holds has then been read.
 */
async function sourceHere(
  config: Config,
  sensors: readonly string[],
  trainItems: number,
  usual: SensorSource,
): Promise<SensorSource> {
  const source = sensorSource(config);
  if (source === 'built-in' || !('kafka' in source)) return usual;
  const { KafkaSource } = await import('../learning/windows/sources/kafka.ts');
  const opened = await KafkaSource.open({ brokers: source.kafka, sensors, trainItems });
  try {
    await Promise.race([opened.readToEnd(), opened.failed]);
  } catch (error) {
    await opened.close();
    throw error;
  }
  return opened;
}

/** Workers learn; a server that trusts itself does; the cloud measures, and so does a server with its own model. */
async function computedSplits(manifest: RunManifest, slot: ProcessSlot): Promise<SplitName[]> {
  const { settings, config } = manifest;
  const { servers, layers } = settings;
  const { role, nodes } = slot;
  const { split, nodes: measured } = config.evaluation;
  const ofTree = isTree(manifest);
  const ofTriggers = ofTree ? await triggerSplits(manifest, slot) : [];
  const isWorker = role === 'workers';
  const trains = servers.some(({ id, layer }) => nodes.includes(id) && layers[layer]!.hasReference);
  const measures =
    role === 'cloud' || (ofTree && (isWorker ? measured === 'all' : measured !== 'cloud'));
  const own = [...(isWorker || trains ? ['train' as const] : []), ...(measures ? [split] : [])];
  return [...new Set([...own, ...ofTriggers])];
}

/** Splits on which the triggers of its nodes measure an accuracy. */
async function triggerSplits(
  { settings: { servers }, threads }: RunManifest,
  { role, nodes }: ProcessSlot,
): Promise<SplitName[]> {
  const layers = servers.filter(({ id }) => nodes.includes(id)).map(({ layer }) => layer);
  const names = role === 'workers' ? ['worker'] : layers;
  const own = names.flatMap((name) => threads.triggers[name] ?? []);
  if (own.length === 0) return [];
  const { loadExchangeTriggers, splitsOf } = await import('../rules/running/triggering.ts');
  const loaded = await Promise.all(own.map(loadExchangeTriggers));
  return loaded.flatMap(({ push, pull }) => [...splitsOf(push), ...splitsOf(pull)]);
}

async function messageAttacks(
  config: Config,
): Promise<Pick<WorldSettings, 'deliveryAttacks' | 'modelAttacks'>> {
  const { attacksOf, deliveryAttacksOf, modelAttacksOf } = await import('../compose/attacks.ts');
  const attacks = await attacksOf(config);
  return { deliveryAttacks: deliveryAttacksOf(attacks), modelAttacks: modelAttacksOf(attacks) };
}

async function firstModel({ config, data }: RunManifest): Promise<OpenModel> {
  const { openModel } = await import('../compose/open-model.ts');
  return openModel(config, data);
}

/** The thread setup of a server that does not compute with the model. */
function aggregatingThread(manifest: RunManifest, slot: ProcessSlot): ThreadSetup {
  const { threads, settings, data } = manifest;
  const memory = createKernelMemory();
  return {
    ...threads,
    memory,
    kernels: manifest.config.kernels,
    engine: null,
    dimension: settings.dimension,
    data: placeDataset(bindKernels(memory, manifest.config.kernels), withoutItems(data)),
    intakes: ownIntakes(manifest, slot),
    poison: null,
  };
}

async function sameDataset({ config, data }: RunManifest): Promise<Dataset> {
  const dataset = await loadDataset(config.data.dataset, '.');
  if (dataset.sha256 === data.sha256) return dataset;
  throw new InputError({
    path: ['data', 'dataset'],
    found: `the dataset ${dataset.name} is not the coordinator's`,
    advice: [`expected SHA-256 ${data.sha256}`, `found ${dataset.sha256}`],
  });
}

async function learningThread(
  manifest: RunManifest,
  slot: ProcessSlot,
  theta: Float32Array | null,
  dataset: Dataset,
  splits: readonly SplitName[],
): Promise<ThreadSetup> {
  const { config, threads } = manifest;
  const trial = { model: threads.model, theta };
  const { memory, data, engine } = await openLearning(config, trial, dataset, splits);
  return {
    ...threads,
    ...{ memory, data, kernels: config.kernels },
    engine: engine.name,
    intakes: ownIntakes(manifest, slot),
  };
}

/** Of the layers of the servers that it runs. */
function ownIntakes(
  { settings, threads }: RunManifest,
  { nodes }: ProcessSlot,
): ThreadSetup['intakes'] {
  const layers = settings.servers.flatMap(({ id, layer }) => (nodes.includes(id) ? [layer] : []));
  return Object.fromEntries(layers.map((layer) => [layer, threads.intakes[layer]!]));
}
