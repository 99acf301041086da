import type { SimulatedLine } from '../../journal/events.ts';

/** Follows how well each class is recognised by the model of the root. */
export class ClassTally {
  /** By evaluation of a trained model: the share of each class's items that are recognised. */
  readonly recalls: number[][] = [];
  #root: string | undefined;

  add(line: SimulatedLine): void {
    if (line.type === 'run-started') {
      this.#root = line.servers.find(({ parent }) => parent === null)?.id;
    } else if (line.type === 'evaluated' && line.server === this.#root && line.perClass) {
      // The model of the start has learnt nothing.
      if (line.version > 0) this.recalls.push(line.perClass.map(({ recall }) => recall));
    }
  }
}

/** By class: the mean over the last evaluations; null where none has scores of classes. */
export function meansOf(
  recalls: readonly (readonly number[])[],
  evaluations: number,
): number[] | null {
  const last = recalls.slice(-evaluations);
  const [first] = last;
  if (first === undefined) return null;
  return first.map((_, label) => last.reduce((sum, own) => sum + own[label]!, 0) / last.length);
}
