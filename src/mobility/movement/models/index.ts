import type { MovementModel } from '../../../rules/contract/movement-model.ts';
import manhattanGrid from './manhattan-grid.ts';
import randomWaypoint from './random-waypoint.ts';

/** Every built-in movement model; each is the default export of the file of its name. */
export const movementModels: readonly MovementModel[] = [
  randomWaypoint,
  manhattanGrid,
] as readonly MovementModel[];
