import type { Config } from '../config/config-schema.ts';
import { InputError } from '../errors.ts';
import type { JournalLine } from '../journal/events.ts';
import type { ParameterPlace } from './recording.ts';
import type { DriveOptions, StartOptions } from './run.ts';
import type { RunSummary } from './run-summary.ts';
import { VirtualRun } from './virtual-run.ts';

/** Result of a run in memory. */
export interface MemoryRun {
  /** As of a run in a folder, whose `journalHash` is the same. */
  summary: Omit<RunSummary, 'runDir'>;
  /** The journal: simulated events and host events, in order. */
  events: JournalLine[];
  /** The newest model. */
  model: {
    /** All parameters, layer after layer; each one's values in row-major order. */
    theta: Float32Array;
    /** The parameters' names, shapes and places in `theta`, in order. */
    parameters: readonly ParameterPlace[];
    /** How many updates made it. */
    version: number;
  };
}

/**
 * Runs a config of the virtual world to its end, or to `until`, and writes no file. The whole
 * journal is kept in memory: some hundred bytes an event.
 *
 * Throws InputError for `world: live` and for `pool.agents`, whose processes need a run folder.
 */
export async function runInMemory(
  config: Config,
  options: Pick<StartOptions, 'threads' | 'onStep'> & DriveOptions = {},
): Promise<MemoryRun> {
  if (config.world === 'live') {
    throw new InputError({
      path: ['world'],
      found: 'found the text "live"',
      advice: ['expected "virtual": the processes of a live run need a run folder'],
    });
  }
  const { threads, onStep, ...drive } = options;
  const start = { ...(threads && { threads }), ...(onStep && { onStep }) };
  const run = await VirtualRun.create({ config, runDir: null, ...start });
  const { runDir: _, ...summary } = await run.toEnd(drive);
  const { lines: events, model } = run.memory;
  return { summary, events, model: model! };
}
