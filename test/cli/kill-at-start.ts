import { setTimeout as wait } from 'node:timers/promises';
import { processesIn } from '../deploy/deployed-run.ts';
import { start } from './program.ts';

/** Time that a process needs at the very most to end by itself, on a machine that is busy. */
const MOST_END_MS = 60_000;

/**
 * Starts the program in a folder that nothing else works in, kills it with -9 that long after its
 * first process has appeared, and returns the processes that have not ended by themselves.
 */
export async function leftAfterKill(
  args: string[],
  folder: string,
  afterMs: number,
): Promise<number[]> {
  const child = start(args, folder);
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  while (processesIn(folder).length < 2 && !isOver()) await wait(20);
  if (isOver()) throw new Error(`ended early: ${(await child.outcome).stderr}`);
  await wait(afterMs);
  child.kill('SIGKILL');
  await child.outcome;
  const untilMs = performance.now() + MOST_END_MS;
  while (processesIn(folder).length > 0 && performance.now() < untilMs) await wait(50);
  const left = processesIn(folder);
  for (const pid of left) process.kill(pid, 'SIGKILL');
  return left;
}
