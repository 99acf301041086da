import type { Config } from '../config/config-schema.ts';
import { compileLearningRate, type LearningRate } from '../learning/learning-rate.ts';

/** Null for workers that make one step, which have no rate of their own. */
export function localLearningRate({ layers, training }: Config): LearningRate | null {
  const { localSteps, localLearningRate: own } = layers.worker.training;
  if (localSteps === 1) return null;
  if (own === undefined) return compileLearningRate(training.learningRate);
  return compileLearningRate(own, ['layers', 'worker', 'training', 'localLearningRate']);
}
