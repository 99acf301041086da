import type { TimeUs } from '../../simulation/time.ts';

/** Kinds of moving entities: FCD's vehicle, person and container. */
export type EntityKind = 'car' | 'pedestrian' | 'container';

export const ENTITY_KINDS: readonly EntityKind[] = ['car', 'pedestrian', 'container'];

/** The kind an FCD element stands for; undefined for every other element. */
export function kindOfElement(name: string): EntityKind | undefined {
  if (name === 'vehicle') return 'car';
  if (name === 'person') return 'pedestrian';
  return name === 'container' ? 'container' : undefined;
}

/** One moving thing. Ids are unique within a kind only. */
export interface FcdEntity {
  readonly kind: EntityKind;
  readonly id: string;
  /** SUMO's vType; '' when the rows do not give it. */
  readonly type: string;
}

/** Where a reader's rows go, in the order of the file. */
export interface FcdSink {
  /** A timestep begins; times rise from step to step. */
  step(timeUs: TimeUs): void;
  /** An entity stands at (xM, yM) at the time of the step. */
  row(entity: FcdEntity, xM: number, yM: number): void;
  /** Instead of `row`, where a row has no x and y: at a position of a lane, or of an edge. */
  onLane?(entity: FcdEntity, lane: string, positionM: number): void;
}
