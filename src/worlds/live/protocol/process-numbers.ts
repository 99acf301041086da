/** Numbers of gradients, and of results, that one process gives at most. */
const NUMBERS_A_GENERATION = 2 ** 24;

/** A process: its slot, the number of slots, and its generation. */
interface NumberedProcess {
  slot: number;
  slots: number;
  generation: number;
}

/** The numbers that a process gives, which no other does: the first, and by how much they rise. */
export function numbersOf({ slot, slots, generation }: NumberedProcess): {
  first: number;
  step: number;
} {
  return { first: slot + slots * NUMBERS_A_GENERATION * generation, step: slots };
}

/** Numbers that the coordinator gives: the last ones of the first process, which never comes so far. */
export function coordinatorNumber(given: number, slots: number): number {
  return slots * (NUMBERS_A_GENERATION - 1 - given);
}

/** Whether a number is one that the process may give. */
export function isNumberOf(slot: NumberedProcess, number: number): boolean {
  const { first, step } = numbersOf(slot);
  const given = (number - first) / step;
  return Number.isInteger(given) && given >= 0 && given < NUMBERS_A_GENERATION;
}
