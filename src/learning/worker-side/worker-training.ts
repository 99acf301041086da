import type { WorkerMomentum } from './momentum.ts';
import type { GradientShape } from './shape-gradient.ts';

/** How a worker makes what it sends of its gradients. Plain data: it travels to every thread. */
export interface WorkerTraining extends GradientShape {
  /** Null: it sends its gradients as they are. */
  readonly momentum: WorkerMomentum | null;
}
