import type { JournalLine } from '../../journal/events.ts';
import { type Column, csvOf } from '../format/columns.ts';

type StartedLine = Extract<JournalLine, { type: 'process-started' }>;
/** Costs of a process of a live run. */
export interface ProcessFacts {
  /** Its place among those of the run. */
  slot: number;
  /** Processes that were in its place before it. */
  generation: number;
  role: string;
  /** That it runs. */
  nodes: string[];
  /** CPU time of all its threads. */
  cpuS: number;
  /** Most that was resident. */
  memoryBytes: number;
  sentBytes: number;
  receivedBytes: number;
}

/** Follows the processes of a live run: the lines of the host. */
export class ProcessTally {
  /** By slot: the process that was ready last. */
  readonly #started = new Map<number, StartedLine>();
  readonly #ended: ProcessFacts[] = [];

  add(line: JournalLine): void {
    if (line.type === 'process-started') this.#started.set(line.slot, line);
    if (line.type !== 'process-costs') return;
    const { slot, generation, cpuS, memoryBytes, sentBytes, receivedBytes } = line;
    const { role, nodes } = this.#started.get(slot)!;
    const costs = { cpuS, memoryBytes, sentBytes, receivedBytes };
    this.#ended.push({ slot, generation, role, nodes, ...costs });
  }

  /** By slot, in the order in which they ran. */
  get processes(): ProcessFacts[] {
    return [...this.#ended].sort((one, other) => one.slot - other.slot);
  }
}

export const processColumns: readonly Column<ProcessFacts>[] = [
  {
    ...{ name: 'process', type: 'integer', unit: null },
    ...{ meaning: 'its place among those of the run', value: ({ slot }) => slot },
  },
  {
    ...{ name: 'generation', type: 'integer', unit: 'processes' },
    ...{ meaning: 'in its place before it', value: ({ generation }) => generation },
  },
  {
    ...{ name: 'role', type: 'text', unit: null },
    ...{ meaning: '`cloud`, `server` or `workers`', value: ({ role }) => role },
  },
  {
    ...{ name: 'nodes', type: 'text', unit: null },
    ...{ meaning: 'that it runs, with spaces between', value: ({ nodes }) => nodes.join(' ') },
  },
  {
    ...{ name: 'cpu_s', type: 'number', unit: 's' },
    ...{ meaning: 'CPU time of all its threads', value: ({ cpuS }) => cpuS },
  },
  {
    ...{ name: 'peak_memory_mb', type: 'number', unit: 'MB' },
    ...{ meaning: 'most that was resident', value: ({ memoryBytes }) => memoryBytes / 1e6 },
  },
  {
    ...{ name: 'sent_mb', type: 'number', unit: 'MB' },
    meaning: 'over its connections: headers, reports and handshakes too',
    value: ({ sentBytes }) => sentBytes / 1e6,
  },
  {
    ...{ name: 'received_mb', type: 'number', unit: 'MB' },
    ...{ meaning: 'likewise', value: ({ receivedBytes }) => receivedBytes / 1e6 },
  },
];

/** processes.csv: one line a process; null for a run without any. */
export function processesCsv(processes: readonly ProcessFacts[]): string | null {
  return processes.length === 0 ? null : csvOf(processColumns, processes);
}
