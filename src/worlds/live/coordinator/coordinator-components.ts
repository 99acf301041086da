import { Sampler } from '../../../learning/sampling/sampler.ts';
import type { TimeUs } from '../../../simulation/time.ts';
import { BatchSource, openBatchStreams } from '../../batch-source.ts';
import { LiveQueue } from '../protocol/live-queue.ts';
import { ClockHolds } from './clock-holds.ts';
import { CloudModelStore } from './cloud-model-store.ts';
import type { CoordinatedRun, CoordinatorEvent, CoordinatorParts } from './coordinated-run.ts';
import { JournalRecorder } from './journal-recorder.ts';
import { LiveFailures } from './live-failures.ts';
import { MobilityBroadcaster } from './mobility-broadcaster.ts';
import { ProcessAdmission } from './process-admission.ts';
import { ProcessChecks } from './process-checks.ts';
import { ProcessMessages } from './process-messages.ts';
import { ProcessTable } from './process-table.ts';
import { ProcessWatch } from './process-watch.ts';
import { Succession } from './succession.ts';
import { TransferSchedule } from './transfer-schedule.ts';

/** The parts of a coordinator. */
export interface CoordinatorComponents {
  processes: ProcessTable;
  holds: ClockHolds;
  admission: ProcessAdmission;
  queue: LiveQueue<CoordinatorEvent>;
  recorder: JournalRecorder;
  movements: MobilityBroadcaster;
  failures: LiveFailures;
  batches: BatchSource;
  cloud: CloudModelStore;
  succession: Succession;
  watch: ProcessWatch;
  transfers: TransferSchedule;
}

/** Makes the parts of a coordinator and connects them with each other. */
export function connectComponents(
  parts: CoordinatorParts,
  run: CoordinatedRun,
): CoordinatorComponents {
  const { settings, journal, clock, wallUs, slots, state } = parts;
  const processes = new ProcessTable(slots, state?.generations);
  const holds = new ClockHolds({
    clock,
    announce: (change, reading) => processes.broadcast({ type: 'clock', change, reading }),
    areHeld: (change) =>
      processes.present.every(({ address, heldAt }) => address === null || heldAt >= change),
  });
  const admission: ProcessAdmission = new ProcessAdmission({
    processes,
    journal,
    wallUs,
    run: parts.run,
    patienceS: parts.patienceS,
    isOpen: () => run.status.endedUs === null,
    receive: (process, frame) => run.guard(() => messages.receive(process, frame)),
    receiveBulk: (process, frame) => run.guard(() => messages.receiveBulk(process, frame)),
    onGone: (process, why) => run.guard(() => succession.lose(process, why)),
    onSettled: (lost) => recorder.lose(lost),
    onWanted: parts.onLost,
  });
  const queue = new LiveQueue<CoordinatorEvent>(clock, (event, timeUs) =>
    run.guard(() => run.handle(event, timeUs)),
  );
  const schedule = (timeUs: TimeUs, event: CoordinatorEvent) => queue.schedule(timeUs, event);
  const recorder: JournalRecorder = new JournalRecorder(
    {
      settings,
      journal,
      slots: slots.length,
      nowUs: () => clock.nowUs,
      onMeasured: parts.onMeasured,
      onRoundEnded: (round) => run.roundEnded(round),
      onStarted: (gradients) => messages.sendStarted(gradients),
    },
    state?.recorder,
  );
  const movements = new MobilityBroadcaster(
    {
      settings,
      mobility: parts.mobility,
      speed: parts.speed,
      processes,
      nowUs: () => clock.nowUs,
      schedule,
      record: (event, timeUs) => recorder.record(event, timeUs),
      serverOf: (server) => failures.serverOf(server),
      contactEnds: ({ worker, server, contact }, timeUs) =>
        transfers.endContact(worker, server, contact, timeUs),
    },
    state?.movements,
  );
  const transfers: TransferSchedule = new TransferSchedule({
    settings,
    processes,
    nowUs: () => clock.nowUs,
    schedule,
    locations: movements.locations,
  });
  const failures: LiveFailures = new LiveFailures(
    {
      settings,
      canFail: (node) =>
        processes.isThere(node) && (processes.isServer(node) || movements.isOnMap(node)),
      schedule,
      send: (node, message) => succession.sendFailure(node, message),
      failOver: (failover, to) => succession.failOver(failover, to),
    },
    state?.failures,
  );
  const streams = state === null ? openBatchStreams(settings) : structuredClone(state.batches);
  const { sampling } = settings;
  const sampler = sampling && new Sampler(sampling, structuredClone(state?.sampling));
  const batches = new BatchSource(settings, streams, sampler);
  const cloud = new CloudModelStore(parts.theta, state?.cloud ?? null);
  const succession: Succession = new Succession({
    settings,
    clock,
    run,
    processes,
    holds,
    admission,
    recorder,
    movements,
    failures,
    cloud,
    transfers,
  });
  const messages: ProcessMessages = new ProcessMessages({
    parts,
    run,
    processes,
    holds,
    admission,
    queue,
    recorder,
    failures,
    batches,
    cloud,
    succession,
    transfers,
    checks: new ProcessChecks({ settings, processes, recorder }),
  });
  const watch = new ProcessWatch({ parts, run, processes, holds, admission, succession });
  return {
    processes,
    holds,
    admission,
    queue,
    recorder,
    movements,
    failures,
    batches,
    cloud,
    succession,
    watch,
    transfers,
  };
}
