import { localLearningRate } from '../compose/local-learning-rate.ts';
import { openLearning } from '../compose/open-learning.ts';
import type { Config } from '../config/config-schema.ts';
import { wantedEngine } from '../config/wanted-engine.ts';
import { InputError } from '../errors.ts';
import { bindKernels } from '../kernels/kernels.ts';
import { createKernelMemory } from '../kernels/memory.ts';
import type { SplitName } from '../learning/dataset.ts';
import { loadDataset } from '../learning/datasets/load.ts';
import { compileLearningRate } from '../learning/learning-rate.ts';
import { withoutItems } from '../learning/only-splits.ts';
import { placeDataset } from '../learning/placed-dataset.ts';
import type { ComputationSettings } from '../worlds/computing/computations.ts';
import type { ThreadSetup } from '../worlds/computing/task.ts';
import type { ProcessSlot } from '../worlds/live/protocol/placement.ts';
import type { WorldSettings } from '../worlds/world-settings.ts';
import { collectGarbage } from './collect-garbage.ts';
import type { RunManifest } from './run-manifest.ts';

// What only some of the processes need is imported where they need it: there are many of them.

/** What one process of a live run works with. */
export interface ProcessSetup {
  settings: WorldSettings;
  computation: ComputationSettings;
  threads: ThreadSetup;
  /** The cloud's first parameters; null elsewhere. */
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
  const settings = await settingsOf(manifest);
  const splits = computedSplits(manifest, slot);
  const isCloud = slot.role === 'cloud';
  const mustTry = splits.length > 0 && wantedEngine(manifest.config) !== 'reference';
  const theta = isCloud || mustTry ? await firstTheta(manifest) : null;
  const threads =
    splits.length === 0
      ? aggregatingThread(manifest, slot)
      : await learningThread(manifest, slot, theta, splits);
  collectGarbage();
  return { settings, computation: manifest.computation, threads, theta: isCloud ? theta : null };
}

async function settingsOf(manifest: RunManifest): Promise<WorldSettings> {
  const { config, settings } = manifest;
  return {
    ...settings,
    cloud: { ...settings.cloud, learningRate: compileLearningRate(config.training.learningRate) },
    localLearningRate: localLearningRate(config),
    deliveryAttacks: manifest.hasDeliveryAttacks ? await deliveryAttacks(config) : new Map(),
    // The coordinator deals out the data.
    shares: new Map(),
    hierarchy: null,
    windows: null,
  };
}

/** Workers learn; a server that trusts itself does; the cloud measures. */
function computedSplits(
  { settings: { servers, layers }, config }: RunManifest,
  { role, nodes }: ProcessSlot,
): SplitName[] {
  if (role === 'workers') return ['train'];
  const hasReference = servers.some(
    ({ id, layer }) => nodes.includes(id) && layers[layer]!.hasReference,
  );
  return [
    ...(hasReference ? (['train'] as const) : []),
    ...(role === 'cloud' ? [config.evaluation.split] : []),
  ];
}

async function deliveryAttacks(config: Config): Promise<WorldSettings['deliveryAttacks']> {
  const { attacksOf, deliveryAttacksOf } = await import('../compose/attacks.ts');
  return deliveryAttacksOf(await attacksOf(config));
}

async function firstTheta({ config, data }: RunManifest): Promise<Float32Array> {
  const { openModel } = await import('../compose/open-model.ts');
  return (await openModel(config, data)).theta;
}

/** The thread setup of a server that does not compute with the model. */
function aggregatingThread(manifest: RunManifest, slot: ProcessSlot): ThreadSetup {
  const { threads, settings, data } = manifest;
  const memory = createKernelMemory();
  return {
    ...threads,
    memory,
    engine: null,
    dimension: settings.dimension,
    data: placeDataset(bindKernels(memory), withoutItems(data)),
    intakes: ownIntakes(manifest, slot),
    poison: null,
  };
}

async function learningThread(
  manifest: RunManifest,
  slot: ProcessSlot,
  theta: Float32Array | null,
  splits: readonly SplitName[],
): Promise<ThreadSetup> {
  const { config, threads } = manifest;
  const dataset = await loadDataset(config.data.dataset, '.');
  if (dataset.sha256 !== manifest.data.sha256) {
    throw new InputError({
      path: ['data', 'dataset'],
      found: `the dataset ${dataset.name} is not the coordinator's`,
      advice: [`expected SHA-256 ${manifest.data.sha256}`, `found ${dataset.sha256}`],
    });
  }
  const trial = { model: threads.model, theta };
  const { memory, data, engine } = await openLearning(config, trial, dataset, splits);
  return { ...threads, memory, data, engine: engine.name, intakes: ownIntakes(manifest, slot) };
}

/** Of the layers of the servers that it runs. */
function ownIntakes(
  { settings, threads }: RunManifest,
  { nodes }: ProcessSlot,
): ThreadSetup['intakes'] {
  const layers = settings.servers.flatMap(({ id, layer }) => (nodes.includes(id) ? [layer] : []));
  return Object.fromEntries(layers.map((layer) => [layer, threads.intakes[layer]!]));
}
