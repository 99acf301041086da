/** Numbers of gradients, and of results, that one process gives at most. */
const NUMBERS_A_LIFE = 2 ** 24;

/** A process: its place among those of the run, and how many had that place before. */
export interface NumberingHost {
  place: number;
  places: number;
  generation: number;
}

/** The numbers that a process gives, which no other does: the first, and by how much they rise. */
export function numbersOf({ place, places, generation }: NumberingHost): {
  first: number;
  step: number;
} {
  return { first: place + places * NUMBERS_A_LIFE * generation, step: places };
}

/** Whether a number is one that the process may give. */
export function isNumberOf(host: NumberingHost, number: number): boolean {
  const { first, step } = numbersOf(host);
  const given = (number - first) / step;
  return Number.isInteger(given) && given >= 0 && given < NUMBERS_A_LIFE;
}
