import type { ProcessHandle } from './process-table.ts';

/**
 * At most this much counts between two looks: if more has passed, this process itself was stalled.
 */
const AWAKE_US = 1_000_000;

/**
 * Outstanding answers of the processes and their age: the facts of an event, the release of a hold,
 * the report that the process is idle, the answer about a lost process. The whole run waits for
 * them, so a process that only sends pings cannot owe one without end.
 */
export class Unanswered {
  #lookedUs: number;
  /** By process and what it owes, in microseconds. */
  #owed = new Map<ProcessHandle, Map<string, number>>();

  constructor(nowUs: number) {
    this.#lookedUs = nowUs;
  }

  /** To be called every so often. Out: what has been owed for longer than that, one a process. */
  look(
    nowUs: number,
    processes: readonly ProcessHandle[],
    owedBy: (process: ProcessHandle) => string[],
    limitUs: number,
  ): { process: ProcessHandle; what: string }[] {
    const passedUs = Math.min(nowUs - this.#lookedUs, AWAKE_US);
    this.#lookedUs = nowUs;
    const before = this.#owed;
    this.#owed = new Map();
    return processes.flatMap((process) => {
      const owed = new Map<string, number>();
      for (const what of owedBy(process)) {
        const sinceUs = before.get(process)?.get(what);
        owed.set(what, sinceUs === undefined ? 0 : sinceUs + passedUs);
      }
      this.#owed.set(process, owed);
      const [late] = [...owed].filter(([, us]) => us > limitUs);
      return late === undefined ? [] : [{ process, what: late[0] }];
    });
  }
}
