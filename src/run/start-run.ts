import type { Config } from '../config/config-schema.ts';
import { processProgram } from '../processes/process-program.ts';
import type { Run, StartOptions } from './run.ts';
import { worldOf } from './run-folder.ts';

/**
 * Starts a run of a config in a new folder; `advance` and `toEnd` then drive it.
 *
 * Throws InputError when the folder is not empty, or when the config needs something that is
 * missing, an engine for instance.
 */
export async function startRun(
  config: Config,
  { runDir, program = processProgram(), ...options }: { runDir: string } & StartOptions,
): Promise<Run> {
  if (config.world === 'live') {
    const { LiveRun } = await import('./live-run.ts');
    return LiveRun.create({ config, runDir, program, ...options });
  }
  const { VirtualRun } = await import('./virtual-run.ts');
  return VirtualRun.create({ config, runDir, program, ...options });
}

/**
 * Opens a run that was stopped or killed, at its newest checkpoint, or at its beginning where it has
 * none. With the same inputs a virtual run ends as it would have without the interruption.
 *
 * Throws InputError for a folder without a run, for a run that is over or under way, whose folder is
 * damaged, or whose inputs have changed.
 */
export async function resumeRun(
  runDir: string,
  { program = processProgram(), ...options }: StartOptions = {},
): Promise<Run> {
  if ((await worldOf(runDir)) === 'live') {
    const { LiveRun } = await import('./live-run.ts');
    return LiveRun.resume(runDir, { program, ...options });
  }
  const { VirtualRun } = await import('./virtual-run.ts');
  return VirtualRun.resume(runDir, { program, ...options });
}
