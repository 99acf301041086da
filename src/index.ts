/**
 * The package as a library: check a config, run it, read and follow what runs record.
 *
 * @packageDocumentation
 */

export type { Config, ConfigInput } from './config/config-schema.ts';
export { type LoadedConfig, loadConfig, parseConfig } from './config/load-config.ts';
export { InputError, type Place, type Problem, RunError } from './errors.ts';
export type {
  HostLine,
  JournalLine,
  Quantity,
  SimulatedEvent,
  SimulatedLine,
} from './journal/events.ts';
export { followJournal } from './journal/follow.ts';
export type { HostEvent } from './journal/host-events.ts';
export { type JournalExtent, journalHash, readJournal } from './journal/reader.ts';
export type { RunRecord } from './report/run/run-record.ts';
export { type ReadRun, readRun } from './run/read-run.ts';
export type { ParameterPlace } from './run/recording.ts';
export type { DriveOptions, Run, StartOptions } from './run/run.ts';
export { type MemoryRun, runInMemory } from './run/run-in-memory.ts';
export type { EndStatus, Mark, Progress, RunSummary } from './run/run-summary.ts';
export { resumeRun, startRun } from './run/start-run.ts';
