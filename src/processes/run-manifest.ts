import type { Composition } from '../compose/compose.ts';
import type { Config } from '../config/config-schema.ts';
import { InputError } from '../errors.ts';
import type { DataSizes } from '../learning/model-fit.ts';
import { packageVersion } from '../package-version.ts';
import type { ComputationSettings } from '../worlds/computing/computation-settings.ts';
import type { ThreadSetup } from '../worlds/computing/task.ts';
import type { WorldSettings } from '../worlds/world-settings.ts';
import { fromPlainForm, toPlainForm } from './plain-form.ts';

/**
 * A live run as its coordinator sends it to the other processes, so that they do not read the trace
 * or repeat its preparation. Each makes parts that are not plain data again from the config.
 */
export interface RunManifest {
  /** Of edgemlsim. */
  version: string;
  config: Config;
  settings: Omit<
    WorldSettings,
    | 'cloud'
    | 'localLearningRate'
    | 'deliveryAttacks'
    | 'modelAttacks'
    | 'itemsByOwner'
    | 'hierarchy'
    | 'windows'
    | 'memory'
  > & {
    cloud: Omit<WorldSettings['cloud'], 'learningRate'>;
  };
  computation: ComputationSettings;
  threads: Pick<
    ThreadSetup,
    | 'seed'
    | 'model'
    | 'split'
    | 'training'
    | 'optimiser'
    | 'windows'
    | 'intakes'
    | 'triggers'
    | 'poison'
  >;
  data: DataSizes & { sha256: string };
  /** On the delivery of messages, or on models that go down. */
  attacksMessages: boolean;
}

/** In plain form, for JSON. */
export function encodeManifest(config: Config, composition: Composition): unknown {
  const { settings, computation, threads, dataset } = composition;
  const { seed, model, split, training, optimiser, windows, intakes, triggers, poison } = threads;
  const {
    deliveryAttacks,
    modelAttacks,
    localLearningRate: _,
    itemsByOwner: __,
    ...others
  } = settings;
  const { hierarchy: ___, windows: ____, memory: _____, ...rest } = others;
  const manifest: RunManifest = {
    version: packageVersion(),
    config,
    settings: rest,
    computation,
    threads: { seed, model, split, training, optimiser, windows, intakes, triggers, poison },
    data: dataset,
    attacksMessages: deliveryAttacks.size + modelAttacks.size > 0,
  };
  return toPlainForm(manifest);
}

/** Throws InputError when it comes from another version of edgemlsim. */
export function decodeManifest(manifest: unknown): RunManifest {
  const run = fromPlainForm(manifest) as RunManifest;
  const own = packageVersion();
  if (run.version !== own) {
    throw new InputError({
      found: `edgemlsim ${own} in a process of a run of ${run.version ?? 'another version'}`,
      advice: ['install the same version on all machines'],
    });
  }
  return run;
}
