import { availableParallelism, hostname } from 'node:os';
import type { Machine } from '../worlds/live/protocol/assign-processes.ts';

/** Variables of a process, by their names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The part of its machine that this process may offer: of an allocation by Slurm its share, else
 * what all agents that mpirun started on it leave to each.
 */
export function offeredMachine(environment: Environment): Machine {
  const name = environment.SLURMD_NODENAME ?? hostname();
  const slurm = environment.SLURM_CPUS_PER_TASK ?? environment.SLURM_CPUS_ON_NODE;
  if (slurm !== undefined) return { name, cores: Number(slurm) };
  const besides = environment.OMPI_COMM_WORLD_LOCAL_SIZE ?? environment.MPI_LOCALNRANKS ?? '1';
  return { name, cores: Math.max(1, Math.floor(availableParallelism() / Number(besides))) };
}
