/**
 * The package as a library: check a config, run it, read and follow what runs record.
 *
 * @module edgemlsim
 */

export type { Config, ConfigInput } from './config/config-schema.ts';
export type { ConfigSource } from './config/config-source.ts';
export { type LoadedConfig, loadConfig, parseConfig } from './config/load-config.ts';
export { InputError, type Place, type Problem, RunError } from './errors.ts';
export type { AggregationGeometry } from './journal/aggregation-geometry.ts';
export type { CollectionEvent } from './journal/collection-events.ts';
export type { DataEvent } from './journal/data-events.ts';
export type { DeliveryEvent } from './journal/delivery-events.ts';
export type { HostLine, JournalLine, SimulatedEvent, SimulatedLine } from './journal/events.ts';
export { followJournal } from './journal/follow.ts';
export type { AgentEvent, Host, HostEvent } from './journal/host-events.ts';
export type { ModelEvent, Scores } from './journal/model-events.ts';
export type { PresenceEvent } from './journal/presence-events.ts';
export type { Quantity } from './journal/quantity.ts';
export { type JournalExtent, journalHash, readJournal } from './journal/reader.ts';
export type {
  DropReason,
  EndReason,
  LossReason,
  Outcome,
  TooFewPolicy,
  WindowDropReason,
} from './journal/reasons.ts';
export type { SendingEvent } from './journal/sending-events.ts';
export type { TreeEvent } from './journal/tree-events.ts';
export type { ProcessFacts } from './report/costs/processes.ts';
export type { AccuracyFacts, AccuracyRow } from './report/hierarchy/accuracy.ts';
export type { FailoverFacts } from './report/hierarchy/failovers.ts';
export type { Latency, LatencyRow } from './report/hierarchy/latency.ts';
export type { NodeCosts, NodeFacts } from './report/hierarchy/node-facts.ts';
export type { LinkFacts } from './report/hierarchy/transfers.ts';
export type { TreeRecord } from './report/hierarchy/tree-tally.ts';
export type { FailureFacts } from './report/run/failure-tally.ts';
export type { Fates } from './report/run/fates.ts';
export type { FaultSummary, LayerFaults } from './report/run/fault-summary.ts';
export type { Handover } from './report/run/handovers.ts';
export type { LayerResults } from './report/run/layer-results.ts';
export type { MetricsRow } from './report/run/metrics.ts';
export type { NonFiniteResults } from './report/run/non-finite-results.ts';
export type { OwnMeasure } from './report/run/own-measures.ts';
export type { RunRecord, Waiting } from './report/run/run-record.ts';
export type { ServerFacts } from './report/run/server-tally.ts';
export type { Staleness } from './report/run/staleness.ts';
export type { Traffic } from './report/run/traffic.ts';
export { type ReadRun, readRun } from './run/read-run.ts';
export type { ParameterPlace } from './run/recording.ts';
export type { DriveOptions, Run, RunProcess, StartOptions, StepGoal } from './run/run.ts';
export { type MemoryRun, runInMemory } from './run/run-in-memory.ts';
export type { EndStatus, Mark, Progress, RunSummary, TreeSummary } from './run/run-summary.ts';
export { resumeRun, startRun } from './run/start-run.ts';
