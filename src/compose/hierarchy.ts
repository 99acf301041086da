import { referenceTo } from '../config/choose-rules.ts';
import { serverLayerNames } from '../config/complete-layers.ts';
import type { Config, ServerLayer, WorkerLayer } from '../config/config-schema.ts';
import { sensorList, sensorName, sensorSource } from '../config/sensors.ts';
import { type TriggerChoice, triggerChoices } from '../config/trigger-choices.ts';
import { workerWindows } from '../config/worker-windows.ts';
import type { Dataset } from '../learning/dataset.ts';
import type { EncodingSpec } from '../learning/encodings/encoding.ts';
import type { AnyModelSpec, Parameter } from '../learning/engine.ts';
import { itemsOfLabels } from '../learning/items-of-labels.ts';
import { compileLearningRate } from '../learning/learning-rate.ts';
import { trainingOperations } from '../learning/operations.ts';
import { createOptimiser } from '../learning/optimisers/index.ts';
import { readRecording } from '../learning/windows/recording.ts';
import type { SensorSettings, SensorSource } from '../learning/windows/sensor.ts';
import { builtInSource } from '../learning/windows/sources/built-in.ts';
import { recordedSource } from '../learning/windows/sources/recorded.ts';
import type { WindowSettings, WorkerWindows } from '../learning/windows/window-source.ts';
import type { ExchangeSettings, HierarchySettings } from '../nodes/hierarchy/settings.ts';
import { loadExchangeTriggers } from '../rules/running/triggering.ts';
import { secondsToUs } from '../simulation/time.ts';
import type { ThreadSetup, WindowTrainingSpec } from '../worlds/computing/task.ts';
import { leavesOf } from './leaves.ts';
import { participantsOf } from './participants.ts';

/** The settings of a tree of models; null for rounds of one model. */
export async function hierarchyOf(
  config: Config,
  workers: readonly string[],
  triggers: TriggersByNode,
  model: { spec: AnyModelSpec; parameters: readonly Parameter[] },
): Promise<HierarchySettings | null> {
  const { rounds, windows, layers, training, evaluation } = config;
  if (rounds.mode !== 'hierarchical' || windows === undefined) return null;
  const dimension = model.parameters.reduce((sum, { length }) => sum + length, 0);
  const operations = trainingOperations(model.spec, model.parameters);
  const exchange = await Promise.all(
    Object.entries(triggers).map(
      async ([name, own]) => [name, await exchangeOf(layers[name]!, own, dimension)] as const,
    ),
  );
  const { participants, asksFirst } = await participantsOf(config);
  return {
    participants,
    asksFirst,
    // Those that stay go to a standby with all that they have.
    departure: config.mobility.model === 'static' ? 'carry' : config.layers.worker.departure,
    maximumRounds: training.maximumRounds ?? null,
    pace: rounds.pace,
    vectorBytes: dimension * rounds.bytesPerParameter,
    dimension,
    windowsOf: new Map(workers.map((worker) => [worker, workerWindows(windows, worker)])),
    exchange: new Map(exchange),
    leafOf: new Map(leavesOf(config, workers).map((server, index) => [workers[index]!, server])),
    layerOf: new Map(config.servers.map(({ id, layer }) => [id, layer])),
    relays: new Set(
      Object.keys(triggers).filter((name) => {
        const layer = layers[name]!;
        return 'model' in layer && layer.model === 'relay';
      }),
    ),
    itemUs: new Map(workers.map((worker) => [worker, operations / speedOf(layers.worker, worker)])),
    epochs: windows.epochs,
    training: {
      sends: layers.worker.training.sends,
      learningRate: compileLearningRate(training.learningRate),
      optimiserStateLength: createOptimiser(training.optimiser).stateLength(dimension),
    },
    retryUs: secondsToUs(rounds.retryS),
    evaluation: {
      everyUs: evaluation.everyS === undefined ? null : secondsToUs(evaluation.everyS),
      nodes: evaluation.nodes,
      split: evaluation.split,
    },
    power: powerOf(config),
    rootLearningRate: rounds.rootLearningRate,
  };
}

/** Million operations a second of a worker: its own, or that of all. */
export function speedOf({ nodes, speedMflops }: WorkerLayer, worker: string): number {
  return nodes[worker]?.speedMflops ?? speedMflops;
}

function powerOf({ layers }: Config): HierarchySettings['power'] {
  const given = Object.entries(layers).flatMap(([name, layer]) =>
    layer?.power === undefined ? [] : [[name, layer.power] as const],
  );
  return given.length === 0 ? null : Object.fromEntries(given);
}

async function exchangeOf(
  layer: ServerLayer | WorkerLayer,
  triggers: TriggersByNode[string],
  dimension: number,
): Promise<ExchangeSettings> {
  const { unsent, flush, encoding } = layer;
  const pullAt = 'pullAt' in layer ? layer.pullAt : 'due';
  const up = encodingOf(encoding.up, dimension);
  const down = encodingOf(encoding.down, dimension);
  return { ...(await loadExchangeTriggers(triggers)), up, down, pullAt, unsent, flush };
}

/** An encoding as nodes know it, of a model of that many parameters. */
export function encodingOf(
  encoding: WorkerLayer['encoding']['up'],
  dimension: number,
): EncodingSpec {
  if (typeof encoding === 'string') return { name: encoding };
  if ('significant' in encoding) return { name: 'significant', threshold: encoding.significant };
  if ('topK' in encoding) return { name: 'top-k', count: encoding.topK };
  return { name: 'top-k', count: Math.max(1, Math.round(encoding.topShare * dimension)) };
}

type TriggersByNode = ThreadSetup['triggers'];

/** By layer of the sender, every one but the cloud's: when its nodes send, and ask for a model. */
export async function triggersOf(config: Config): Promise<TriggersByNode> {
  if (config.rounds.mode !== 'hierarchical') return {};
  const senders = [...serverLayerNames(config).filter((name) => name !== 'cloud'), 'worker'];
  const { timeLimitS } = config.rules;
  const referencesOf = async (
    trigger: WorkerLayer['push'],
  ): Promise<TriggersByNode[string]['push']> => {
    const { of, list } = triggerChoices(trigger);
    const load = (choice: TriggerChoice) => referenceTo('trigger', choice, timeLimitS);
    return { of, list: await Promise.all(list.map(load)) };
  };
  const ofLayers = await Promise.all(
    senders.map(async (name): Promise<[string, TriggersByNode[string]]> => {
      const { push, pull } = config.layers[name]!;
      return [name, { push: await referencesOf(push), pull: await referencesOf(pull) }];
    }),
  );
  return Object.fromEntries(ofLayers);
}

/** How threads train on windows; null for rounds of one model. */
export function windowTrainingOf({
  rounds,
  windows,
  training,
  data,
}: Config): WindowTrainingSpec | null {
  if (rounds.mode !== 'hierarchical' || windows === undefined) return null;
  const { optimiser, gradient } = training;
  return { optimiser, batchSize: data.batchSize, epochs: windows.epochs, gradient };
}

/**
 * Where the items of each worker's windows come from; null for rounds of one model.
 * Throws InputError when a file of sensors' items is not as it should be.
 */
export async function windowsOf(
  config: Config,
  workers: readonly string[],
  dataset: Dataset,
  itemsByOwner: ReadonlyMap<string, Uint32Array>,
): Promise<WindowSettings | null> {
  const { rounds, windows, seed } = config;
  if (rounds.mode !== 'hierarchical' || windows === undefined) return null;
  const sensors = sensorsOf(config, workers, dataset.classes);
  const ofWorkers = workers.map((worker): [string, WorkerWindows] => {
    const own = sensors.filter((sensor) => sensor.worker === worker);
    const { everyS, items, count } = workerWindows(windows, worker);
    const isCollected = own.length > 0 || config.data.regions !== undefined;
    const share = isCollected ? null : itemsByOwner.get(worker)!;
    const length =
      everyS !== undefined ? { everyUs: secondsToUs(everyS) } : { items: items ?? share!.length };
    return [worker, { length, count, sensors: own, share }];
  });
  const source = await sourceOf(config, sensors, dataset);
  return { seed, workers: new Map(ofWorkers), source };
}

/** Where the items of the sensors come from. */
async function sourceOf(
  config: Config,
  sensors: readonly SensorSettings[],
  dataset: Dataset,
): Promise<SensorSource> {
  const source = sensorSource(config);
  if (source === 'built-in' || 'kafka' in source) {
    return builtInSource(config.seed, itemsOfLabels(dataset));
  }
  const ids = sensors.map(({ id }) => id);
  const { bySensor } = await readRecording(source.file, ids, dataset.splits.train.items);
  return recordedSource(bySensor);
}

/** The sensors of a config, each with its worker. */
function sensorsOf(
  { sensors }: Config,
  workers: readonly string[],
  classes: number | null,
): (SensorSettings & { worker: string })[] {
  if (sensors === undefined) return [];
  const described = sensorList(sensors);
  if (!('count' in described)) {
    return described.map(({ id, worker, labels = null, itemsPerS, process, timesS }) => ({
      ...{ id, worker, labels },
      arrivals: timesS === undefined ? { process, itemsPerS } : { process: 'times', timesS },
    }));
  }
  const { count, itemsPerS, process, mainLabelShare } = described;
  return Array.from({ length: count }, (_, number) => ({
    id: sensorName(number),
    worker: workers[number % workers.length]!,
    arrivals: { process, itemsPerS },
    labels: classes === null ? null : biased(number % classes, classes, mainLabelShare),
  }));
}

/** One class with its share, the others with equal shares of the rest. */
function biased(main: number, classes: number, share: number): number[] {
  const other = (1 - share) / (classes - 1);
  return Array.from({ length: classes }, (_, label) => (label === main ? share : other));
}
