import type { Config } from '../config/config-schema.ts';
import { compileLearningRate, type LearningRate } from '../learning/learning-rate.ts';

/** Null for workers that make one step, which have no rate of their own. */
export function localLearningRate({ layers, training }: Config): LearningRate | null {
  const { localSteps, localLearningRate: own = training.learningRate } = layers.worker.training;
  return localSteps === 1 ? null : compileLearningRate(own);
}
