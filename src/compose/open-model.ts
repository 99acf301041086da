import { readFile } from 'node:fs/promises';
import type { Config } from '../config/config-schema.ts';
import { anyModelSpec } from '../config/model-spec.ts';
import { isParameterFile } from '../config/resolve-paths.ts';
import type { AnyModelSpec, Parameter } from '../learning/engine.ts';
import { initialiseParameters } from '../learning/initialise.ts';
import { modelParameters } from '../learning/model.ts';
import type { DataSizes } from '../learning/model-fit.ts';
import type { OwnMetricFacts } from '../learning/own-metric.ts';
import { decodeFirstParameters } from '../learning/parameter-file.ts';
import { openStream } from '../simulation/random.ts';

/** A model before anything is learnt. */
export interface OpenModel {
  spec: AnyModelSpec;
  parameters: readonly Parameter[];
  /** The first parameter vector. */
  theta: Float32Array;
  /** Measures of the user's own. */
  metrics: readonly OwnMetricFacts[];
}

/** Throws InputError when the user's own model, or the file to start from, does not fit. */
export async function openModel(config: Config, data: DataSizes): Promise<OpenModel> {
  const { init } = config.model;
  const spec = await anyModelSpec(config);
  const { parameters, initial, metrics = [] } = await layoutOf(spec, data, config.seed);
  const theta = isParameterFile(init)
    ? decodeFirstParameters(await readFile(init), parameters, init)
    : initial();
  return { spec, parameters, theta, metrics };
}

async function layoutOf(
  spec: AnyModelSpec,
  data: DataSizes,
  seed: number,
): Promise<{
  parameters: readonly Parameter[];
  initial: () => Float32Array;
  metrics?: readonly OwnMetricFacts[];
}> {
  if (spec.kind === 'module') {
    const { layoutOfOwnModel } = await import('../learning/tfjs/own-layout.ts');
    return layoutOfOwnModel(spec, data);
  }
  const initial = () => initialiseParameters(spec, openStream(seed, 'initialise'));
  return { parameters: modelParameters(spec), initial };
}
