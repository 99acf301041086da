import type { ClockHolds } from './clock-holds.ts';
import type { CoordinatedRun, CoordinatorParts } from './coordinated-run.ts';
import type { ProcessAdmission } from './process-admission.ts';
import type { ProcessHandle, ProcessTable } from './process-table.ts';
import type { Succession } from './succession.ts';
import { Unanswered } from './unanswered.ts';

const WATCH_MS = 200;
/** How long processes have to send their last messages at the end, in wall time. */
const END_US = 60_000_000;

interface ProcessWatchParts {
  parts: Pick<CoordinatorParts, 'clock' | 'wallUs' | 'answerS' | 'returnS'>;
  run: CoordinatedRun;
  processes: ProcessTable;
  holds: ClockHolds;
  admission: ProcessAdmission;
  succession: Succession;
}

/**
 * Time limits on the processes: silent ones and those that owe an answer are lost, and the run ends
 * when a process stays missing.
 */
export class ProcessWatch {
  readonly #parts: ProcessWatchParts;
  readonly #unanswered: Unanswered;
  readonly #timer: NodeJS.Timeout;
  /** Wall time of the last round's end. */
  #advancedUs = 0;

  constructor(parts: ProcessWatchParts) {
    const { run } = parts;
    this.#parts = parts;
    this.#unanswered = new Unanswered(parts.parts.wallUs());
    this.#timer = setInterval(() => run.guard(() => this.#check()), WATCH_MS);
  }

  /** A round has ended, or the run begins. */
  advanced(): void {
    this.#advancedUs = this.#parts.parts.wallUs();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #check(): void {
    const { run, processes, holds, admission } = this.#parts;
    const { wallUs, returnS } = this.#parts.parts;
    const nowUs = wallUs();
    if (run.status.endedUs !== null) {
      if (nowUs - run.status.endedUs < END_US) return;
      for (const { hasEnded, connection } of processes.present) {
        if (!hasEnded) connection.destroy();
      }
      return;
    }
    admission.watch();
    this.#checkAnswers(nowUs);
    if (!run.status.isPlaying || holds.isPaused || processes.areAllReady) {
      this.#advancedUs = nowUs;
    } else if (nowUs - this.#advancedUs > returnS * 1e6) {
      run.end('lost');
    }
  }

  /** The whole run waits for these answers: a process that owes one for too long is lost. */
  #checkAnswers(nowUs: number): void {
    const { processes, holds, admission, succession } = this.#parts;
    const { answerS, clock } = this.#parts.parts;
    const { changes } = holds;
    const ready = processes.present.filter(({ address }) => address !== null);
    const owedBy = (process: ProcessHandle) => [
      ...(process.holds > 0 ? [`the release of hold ${process.held}`] : []),
      ...[...process.late.keys()].slice(0, 1).map((key) => `facts of its event ${key}`),
      ...(clock.isRunning || process.heldAt >= changes ? [] : [`the report that it is idle`]),
      ...admission.unheardOf(process).map((slot) => `what it knows of process ${slot}`),
    ];
    for (const { process, what } of this.#unanswered.look(nowUs, ready, owedBy, answerS * 1e6)) {
      succession.cutOff(process, `${what} did not come for ${answerS} s (live.answerS)`);
    }
  }
}
