import type { TaskShape } from '../worlds/computing/task-frames.ts';
import type { Composition } from './compose.ts';

/** How long what travels between a coordinator and its pool's agents is. */
export function taskShapeOf({ settings, threads, computation }: Composition): TaskShape {
  const { splits, classes, outputs } = threads.data;
  const { dimension } = settings;
  const { evaluationItems } = computation;
  return { dimension, trainItems: splits.train.items, evaluationItems, classes, outputs };
}
