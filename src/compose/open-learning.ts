import type { Config } from '../config/config-schema.ts';
import { wantedEngine } from '../config/wanted-engine.ts';
import { atPath } from '../errors.ts';
import { bindKernels, type Kernels } from '../kernels/kernels.ts';
import { type ChosenEngine, chooseEngine } from '../learning/choose-engine.ts';
import type { Dataset, SplitName } from '../learning/dataset.ts';
import type { AnyModelSpec } from '../learning/engine.ts';
import { placeSplits } from '../learning/kept-placement.ts';
import type { PlacedDataset } from '../learning/placed-dataset.ts';

/** The learning parts of a process: its own memory, which contains the data. */
interface OpenLearning {
  memory: WebAssembly.Memory;
  data: PlacedDataset;
  engine: ChosenEngine;
}

/**
 * `splits`: those whose items are computed on here; the others take no memory. `theta`: the first
 * parameters, for an engine that is looked for; our own needs none.
 * Throws InputError when the engine does not run here.
 */
export async function openLearning(
  config: Pick<Config, 'engine' | 'kernels' | 'model'>,
  { model, theta }: { model: AnyModelSpec; theta: Float32Array | null },
  dataset: Dataset,
  splits: readonly SplitName[],
): Promise<OpenLearning> {
  const wanted = wantedEngine(config);
  // An engine that is looked for is tried on items of the train split.
  const placed: readonly SplitName[] = wanted === 'reference' ? splits : [...splits, 'train'];
  const { kernels, data } = placeSplits(dataset, placed, (memory) => kernelsOn(memory, config));
  const trial = { model, data, theta };
  const engine = await chooseEngine(wanted, kernels, trial).catch(atPath(['engine']));
  return { memory: kernels.memory, data, engine };
}

/** Throws InputError when the config asks for native kernels and there are none. */
function kernelsOn(memory: WebAssembly.Memory, { kernels }: Pick<Config, 'kernels'>): Kernels {
  try {
    return bindKernels(memory, kernels);
  } catch (error) {
    return atPath(['kernels'])(error);
  }
}
