// The package as a library: load a config, run it, pause it, step it.

export type { Config, ConfigInput } from './config/config-schema.ts';
export { type LoadedConfig, loadConfig } from './config/load-config.ts';
export { InputError, RunError } from './errors.ts';
export type {
  HostLine,
  JournalLine,
  SimulatedEvent,
  SimulatedLine,
} from './journal/events.ts';
export type { HostEvent } from './journal/host-events.ts';
export { journalHash, readJournal } from './journal/reader.ts';
export type { DriveOptions, Run, StartOptions } from './run/run.ts';
export type { Mark, Progress, RunSummary } from './run/run-summary.ts';
export { resumeRun, startRun } from './run/start-run.ts';
