/** A variable of the environment, which child processes inherit: nothing is cached where it is set. */
export const NO_CACHE = 'EDGEMLSIM_NO_CACHE';
