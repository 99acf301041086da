import type { Problem } from '../errors.ts';
import type { LayersSpec, MlpSpec, ModelSpec } from './engine.ts';
import { sizeOf } from './layer-spec.ts';
import { lossFor } from './losses.ts';
import { planModel } from './model.ts';

/** Of an item, and of what is to come out for it. */
export interface DataSizes {
  name: string;
  features: number;
  classes: number | null;
  outputs: number;
}

/** A problem of a model, and its place there. */
type ModelProblem = Problem & { path: (string | number)[] };

/**
 * Whether a model takes the data, and its layers each other: what goes in is the number of features,
 * what comes out a number a class or a target, and its loss is one for such targets. The problems
 * carry no place; the config check adds it.
 */
export function modelProblems(model: ModelSpec, dataset: DataSizes): ModelProblem[] {
  const problems =
    model.kind === 'mlp' ? mlpProblems(model, dataset) : layersProblems(model, dataset);
  const { loss } = planModel(model);
  if (lossFor(loss, dataset.classes) !== undefined) return problems;
  const found = `${loss} needs classes, the targets of dataset ${dataset.name} are numbers`;
  return [...problems, { path: ['loss'], found, advice: ['expected squared'] }];
}

function mlpProblems(
  { layers }: MlpSpec,
  { name, features, classes, outputs }: DataSizes,
): ModelProblem[] {
  const path = ['layers'];
  if (layers.length < 2) {
    const advice = [`expected at least ${features} and ${outputs}, for dataset ${name}`];
    return [{ path, found: `a model of ${count(layers.length, 'layer width')}`, advice }];
  }
  const problems: ModelProblem[] = [];
  const example = `for instance [${[features, ...layers.slice(1, -1), outputs].join(', ')}]`;
  if (layers[0] !== features) {
    problems.push({
      path,
      found: `the first layer width is ${layers[0]}, dataset ${name} has ${count(features, 'feature')}`,
      advice: [example],
    });
  }
  if (layers.at(-1) !== outputs) {
    problems.push({
      path,
      found: `the last layer width is ${layers.at(-1)}, dataset ${name} has ${wanted(outputs, classes)}`,
      advice: [example],
    });
  }
  return problems;
}

function layersProblems(
  model: LayersSpec,
  { name, features, classes, outputs }: DataSizes,
): ModelProblem[] {
  const { input, layers, misfit } = planModel(model);
  const problems: ModelProblem[] = [];
  if (sizeOf(input) !== features) {
    problems.push({
      path: ['input'],
      found: `an input of [${input.join(', ')}] has ${count(sizeOf(input), 'number')}, dataset ${name} has ${count(features, 'feature')}`,
      advice: [`expected sizes whose product is ${features}`],
    });
  }
  if (misfit !== null) {
    problems.push({ path: ['layers', misfit.index], ...misfit.problem });
    return problems;
  }
  const output = layers.at(-1)?.output ?? input;
  if (output.length !== 1 || output[0] !== outputs) {
    problems.push({
      path: ['layers', Math.max(0, layers.length - 1)],
      found: `the last layer's output is [${output.join(', ')}], dataset ${name} has ${wanted(outputs, classes)}`,
      advice: [`expected { kind: dense, units: ${outputs} } as the last layer with weights`],
    });
  }
  return problems;
}

function wanted(outputs: number, classes: number | null): string {
  return classes === null ? count(outputs, 'target') : `${classes} classes`;
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
