import { type Failover, homeWorkersOf } from '../../standbys.ts';
import type { WorldSettings } from '../../world-settings.ts';
import type { LiveClock } from '../protocol/live-clock.ts';
import type { FailureMessage } from '../protocol/movement-message.ts';
import type { Address, ProcessSlot } from '../protocol/placement.ts';
import type { ClockHolds } from './clock-holds.ts';
import type { CloudModelStore } from './cloud-model-store.ts';
import type { CoordinatedRun } from './coordinated-run.ts';
import type { JournalRecorder } from './journal-recorder.ts';
import type { LiveFailures } from './live-failures.ts';
import type { MobilityBroadcaster } from './mobility-broadcaster.ts';
import type { ProcessAdmission } from './process-admission.ts';
import type { ProcessHandle, ProcessTable } from './process-table.ts';
import type { TransferSchedule } from './transfer-schedule.ts';

interface SuccessionParts {
  settings: WorldSettings;
  clock: LiveClock;
  run: CoordinatedRun;
  processes: ProcessTable;
  holds: ClockHolds;
  admission: ProcessAdmission;
  recorder: JournalRecorder;
  movements: MobilityBroadcaster;
  failures: LiveFailures;
  cloud: CloudModelStore;
  transfers: TransferSchedule;
}

/** Processes that become ready or are lost, and what their successors need to continue. */
export class Succession {
  readonly #parts: SuccessionParts;

  constructor(parts: SuccessionParts) {
    this.#parts = parts;
  }

  /** The process has made its nodes; the others may connect to it. */
  ready(process: ProcessHandle, address: Address): void {
    const { clock, run, processes, holds, admission } = this.#parts;
    process.address = address;
    process.heldAt = -1;
    admission.ready(process);
    const isBack = run.status.isPlaying;
    if (isBack || processes.areAllReady) {
      processes.broadcast({ type: 'peers', addresses: processes.addresses });
    }
    if (isBack) this.#welcomeBack(process);
    processes.send(process, { type: 'clock', change: holds.changes, reading: clock.reading });
    if (processes.areAllReady) run.gathered();
  }

  /** The run is resumed: every process is a successor of one of the interrupted run. */
  resume(): void {
    const { processes, failures } = this.#parts;
    for (const { role, nodes } of processes.slots) {
      for (const node of nodes) {
        if (role !== 'workers') this.#recordLink(node);
        // Its crash was scheduled, but its process had not reported it.
        if (failures.down.has(node)) this.#recordCrash(node);
      }
    }
    failures.goOn();
    for (const process of processes.present) this.#welcomeBack(process, true);
  }

  /** The process is lost, and its connection is closed. */
  cutOff(process: ProcessHandle, why: string): void {
    this.lose(process, why);
    process.connection.destroy();
  }

  lose(process: ProcessHandle, why: string): void {
    const { run, holds, admission, recorder, transfers } = this.#parts;
    if (process.isLost || run.status.isClosed) return;
    const { slot } = process;
    const wasReady = process.address !== null;
    if (!run.status.isPlaying) {
      admission.drop(process, why);
      admission.wantAnother(slot.index, wasReady);
      return;
    }
    admission.lose(process, why);
    if (wasReady) this.#recordGone(slot);
    recorder.giveUpFacts(process);
    transfers.lose(process);
    admission.unheard(process);
    holds.check();
    for (; process.holds > 0; process.holds -= 1) void holds.release();
    run.closeIfAllEnded();
    if (run.status.endedUs === null) admission.wantAnother(slot.index, wasReady);
  }

  /** Sends a failure to the node's process, which records it. Without one, only the link is recorded. */
  sendFailure(node: string, message: FailureMessage): void {
    const { processes } = this.#parts;
    if (processes.isThere(node)) processes.send(processes.processOf(node), message);
    else if (processes.isServer(node)) this.#recordLink(node);
  }

  /** The children of a server go to another one: records it, and sends it to the processes concerned. */
  failOver({ server, isAway, away }: Failover, to: string): void {
    const { settings, processes, recorder, movements } = this.#parts;
    const { standby, parent, children } = settings.servers.find(({ id }) => id === server)!;
    const workers = homeWorkersOf(settings, server);
    recorder.record({ type: 'failover', server, to, children: [...children, ...workers] });
    const above = settings.servers.find(({ id }) => id === parent)!;
    const nodes = [server, standby!, above.id, above.standby ?? above.id, ...children];
    const message: FailureMessage = { type: 'failover', server, isAway, away: [...away] };
    for (const slot of new Set(nodes.map((node) => processes.slotOf(node)))) {
      if (processes.isReady(slot)) processes.send(processes.at(slot)!, message);
    }
    for (const worker of workers) movements.reassociate(worker, to);
  }

  /** Sends a successor what it needs to continue. */
  #welcomeBack(process: ProcessHandle, isResumed = false): void {
    const { processes, recorder, movements, cloud, failures } = this.#parts;
    const { role, nodes } = process.slot;
    const { down, cut } = failures;
    const rounds = nodes.map((node) => recorder.roundOf(node));
    const versions = nodes.map((node) => recorder.versionOf(node));
    const { away } = failures;
    const known = { down: [...down], cut: [...cut], away: [...away], rounds, versions };
    processes.send(process, { type: 'background', ...known });
    if (role === 'cloud') cloud.restore(process, recorder.newest, recorder.isDown(nodes[0]!));
    movements.inform(process);
    for (const node of nodes) {
      // A node that crashed by the config recovers by the config; the cloud, when it is restored.
      if (role === 'cloud' || down.has(node)) continue;
      const hasCrashed = recorder.isDown(node);
      const isDown = hasCrashed || (isResumed && role === 'server');
      if (isDown) processes.send(process, { type: 'recover', node, hasCrashed });
    }
  }

  #recordGone({ role, nodes }: ProcessSlot): void {
    const { movements, failures } = this.#parts;
    for (const node of nodes) {
      if (role === 'workers') movements.takeAway(node);
      else this.#recordLink(node);
      // A worker leaves the map instead, unless its crash was scheduled and not yet reported.
      if (role !== 'workers' || failures.down.has(node)) this.#recordCrash(node);
    }
  }

  #recordCrash(node: string): void {
    const { recorder } = this.#parts;
    if (!recorder.isDown(node)) recorder.record({ type: 'crashed', node, state: 'lost' });
  }

  /** Records the state of the server's link to its parent, unless the journal has it already. */
  #recordLink(server: string): void {
    const { settings, recorder, failures } = this.#parts;
    const isCut = failures.cut.has(server);
    if (isCut === recorder.isCut(server)) return;
    const { parent } = settings.servers.find(({ id }) => id === server)!;
    recorder.record({ type: isCut ? 'cut' : 'restored', server, parent: parent! });
  }
}
