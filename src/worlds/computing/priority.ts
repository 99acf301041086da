import type { Task } from './task.ts';

/** Aggregates and updates before gradients before evaluations: others wait for them. */
type Priority = 0 | 1 | 2;

export function priorityOf(kind: Task['kind']): Priority {
  if (kind === 'evaluate') return 2;
  return kind === 'gradient' || kind === 'window' ? 1 : 0;
}
