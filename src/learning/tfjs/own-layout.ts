import type { OwnModelSpec, Parameter } from '../engine.ts';
import type { DataSizes } from '../model-fit.ts';
import type { OwnMetricFacts } from '../own-metric.ts';
import { openOwnModel } from './own-model.ts';
import { loadTensorflow } from './tensorflow.ts';

interface OwnLayout {
  parameters: readonly Parameter[];
  initial: () => Float32Array;
  metrics: readonly OwnMetricFacts[];
}

/**
 * The parameters of a user's model, and the vector that its own initialisers make. In plain
 * JavaScript, so that it is the same for every backend. Throws InputError as `openOwnModel` does.
 */
export async function layoutOfOwnModel(spec: OwnModelSpec, data: DataSizes): Promise<OwnLayout> {
  const { tf, use } = await loadTensorflow('cpu');
  const { parameters, variables, metrics = [] } = await openOwnModel(tf, spec, data);
  const initial = () => {
    use();
    const theta = new Float32Array(parameters.reduce((sum, { length }) => sum + length, 0));
    for (const [index, { offset }] of parameters.entries()) {
      theta.set(variables[index]!.dataSync(), offset);
    }
    return theta;
  };
  const facts = metrics.map(({ name, unit, better }) => ({ name, unit, better }));
  return { parameters, initial, metrics: facts };
}
