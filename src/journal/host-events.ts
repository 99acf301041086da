/** Engine and processors of a run. */
export interface Host {
  threads: number;
  engine: string;
  /** Kernels of the engine `reference` and of the rules; not in journals of before. */
  kernels?: string;
  /** Why faster engines were left out, by their names. */
  leftOut?: Record<string, string>;
  node: string;
}

/** Events of the program that simulates. Wall times are seconds since the run's first start. */
export type HostEvent =
  /** The first line of a journal; `format`: the version of the journal's format. */
  | ({ type: 'started'; format: number } & Host)
  /** The run goes on from a checkpoint: `fromEvent` is the next simulated event. */
  | ({ type: 'resumed'; fromEvent: number } & Host)
  /**
   * A process of a live run is ready, and runs these nodes. `generation`: processes that its slot
   * had before; `remote`: the address of its connection.
   */
  | {
      type: 'process-started';
      slot: number;
      generation: number;
      role: string;
      nodes: string[];
      pid: number;
      remote: string;
    }
  /** A process of a live run has ended, or does not answer. */
  | { type: 'process-lost'; slot: number; generation: number; why: string }
  /**
   * Costs of that process, before it is lost or ends: CPU time of all its threads, the most memory
   * that was resident, and bytes over its connections, each as last reported.
   */
  | {
      type: 'process-costs';
      slot: number;
      generation: number;
      cpuS: number;
      memoryBytes: number;
      sentBytes: number;
      receivedBytes: number;
    }
  /** A connection was closed for what came on it; it was no process's of the run, and no agent's. */
  | { type: 'connection-refused'; remote: string; why: string }
  /** The clock of the run stands still. */
  | { type: 'paused' }
  /** It goes on. */
  | { type: 'continued' }
  /** The state after the simulated events below number `event` is in a file. */
  | { type: 'checkpoint'; event: number; file: string; bytes: number }
  /** The numbers of evaluation event `event` are there. */
  | { type: 'evaluation-done'; event: number }
  /** The run was stopped before its end, by a signal or by `--until`: it can be resumed. */
  | { type: 'stopped'; reason: 'signal' | 'until' }
  /** The last line of a run that has come to its end. */
  | { type: 'finished' }
  | AgentEvent;

/** Events of an agent of the pool, which computes for a virtual run. */
export type AgentEvent =
  /** An agent computes for this run from now on. */
  | { type: 'agent-joined'; agent: number; name: string; threads: number }
  /** It came and may not compute: it has other inputs, or could not make its share. */
  | { type: 'agent-refused'; name: string; reason: string }
  /** `givenBack`: tasks that it had not finished, which others run. */
  | {
      type: 'agent-lost';
      agent: number;
      name: string;
      reason: string;
      computed: number;
      givenBack: number;
    }
  /** The run needs it no more. `computed`: tasks that it has finished. */
  | { type: 'agent-left'; agent: number; name: string; computed: number };
