import type { JournalLine, SimulatedLine } from '../../journal/events.ts';
import { type Activity, activityOf } from './node-views.ts';
import { applyLine, type ShownState } from './run-state.ts';
import { transfersOf } from './shown-transfers.ts';

/** Activity of a node, as the timeline draws it; `absent`: a worker that is not on the map. */
export type NodeActivity = Activity | 'collecting' | 'cut' | 'absent';

/** Activities of nodes in a stretch of simulation time. */
export interface ActivityPiece {
  fromUs: number;
  /** Up to where it is known: earlier than was asked where very much happened, or the journal ends. */
  toUs: number;
  /** By node: when its activity changed, the first at `fromUs` or later, and to what. */
  nodes: Record<string, { timesUs: number[]; what: NodeActivity[] }>;
  aggregations: { server: string; result: number; timeUs: number; exceeded: boolean }[];
}

/** Makes pieces of the lines after a state; `state` is changed. */
export class ActivityTally {
  readonly piece: ActivityPiece;
  readonly #state: ShownState;

  constructor(state: ShownState, fromUs: number) {
    this.#state = state;
    this.piece = { fromUs, toUs: fromUs, nodes: {}, aggregations: [] };
    const sending = sendersOf(state);
    for (const id of Object.keys(state.servers)) this.#note(id, fromUs, sending);
    for (const id of Object.keys(state.workers)) this.#note(id, fromUs, sending);
  }

  add(line: JournalLine): void {
    applyLine(this.#state, line);
    if (!('n' in line)) return;
    const { timeUs } = line;
    this.piece.toUs = timeUs;
    const nodes = line.type === 'run-started' ? Object.keys(this.#state.servers) : namesIn(line);
    const sending = nodes.some((id) => id in this.#state.servers)
      ? sendersOf(this.#state)
      : new Set<string>();
    for (const id of nodes) this.#note(id, timeUs, sending);
    if (line.type !== 'aggregated') return;
    const { server, result, exceeded = false } = line;
    this.piece.aggregations.push({ server, result, timeUs, exceeded });
  }

  #note(id: string, timeUs: number, sending: ReadonlySet<string>): void {
    const what = this.#activityOf(id, sending);
    if (what === null) return;
    this.piece.nodes[id] ??= { timesUs: [], what: [] };
    const changes = this.piece.nodes[id];
    if (changes.what.at(-1) === what) return;
    // Of changes at one time, the last one stays.
    if (changes.timesUs.at(-1) === timeUs) {
      changes.timesUs.pop();
      changes.what.pop();
      if (changes.what.at(-1) === what) return;
    }
    changes.timesUs.push(timeUs);
    changes.what.push(what);
  }

  #activityOf(id: string, sending: ReadonlySet<string>): NodeActivity | null {
    const { servers, workers } = this.#state;
    const server = servers[id];
    if (server !== undefined) {
      if (server.crashed) return 'crashed';
      if (server.cut) return 'cut';
      if (sending.has(id)) return 'sending';
      return server.open ? 'collecting' : 'waiting';
    }
    const worker = workers[id];
    if (worker !== undefined) return activityOf(worker);
    return id in this.piece.nodes ? 'absent' : null;
  }
}

function sendersOf(state: ShownState): Set<string> {
  return new Set(transfersOf(state).map(({ from }) => from));
}

/** The nodes that a line is about. */
function namesIn(line: SimulatedLine): string[] {
  const names: string[] = [];
  for (const key of ['worker', 'node', 'server', 'parent', 'from', 'to'] as const) {
    const value = (line as unknown as Record<string, unknown>)[key];
    if (typeof value === 'string') names.push(value);
  }
  return names;
}
