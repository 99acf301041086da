/** Packed samples that a reading, or a trace, keeps in memory; the rest lies in a file. */
export const SAMPLES_IN_MEMORY_BYTES = 8 * 2 ** 20;

/** Of an entity, on average: shorter ones would take more memory for their places than they free. */
export const SHORTEST_PIECE_BYTES = 256;
