import type { JournalLine, SimulatedLine } from '../../journal/events.ts';
import { nodeOf, type ServerView, type WorkerView } from './node-views.ts';
import {
  dropTransfers,
  emptyTable,
  endTransfer,
  forgetReceiver,
  guessTransfer,
  type ShownTransfers,
  startTransfer,
} from './shown-transfers.ts';

/** How a run stands at one moment: what its journal says up to there, as plain data. */
export interface ShownState extends ShownTransfers {
  /** Number of the next simulated event; the state holds those before. */
  next: number;
  name: string;
  servers: Record<string, ServerView>;
  /** Byzantine for the whole run. */
  fixedByzantine: string[];
  /** Bytes sent so far from a node of a tree of models to its parent, and the other way. */
  traffic: Record<string, { up: number; down: number }>;
  counts: RunCounts;
  /** Of the newest evaluation of the root. */
  accuracy: number | null;
  loss: number | null;
  ended: string | null;
}

/** How often what has happened. */
interface RunCounts {
  started: number;
  aggregated: number;
  dropped: number;
  lost: number;
  rounds: number;
  updates: number;
  handovers: number;
  exceeded: number;
  crashes: number;
}

export function emptyState(): ShownState {
  const counts = {
    ...{ started: 0, aggregated: 0, dropped: 0, lost: 0, rounds: 0, updates: 0 },
    ...{ handovers: 0, exceeded: 0, crashes: 0 },
  };
  return {
    ...{ next: 0, timeUs: 0, name: '', servers: {}, workers: {}, fixedByzantine: [] },
    ...{
      transfers: emptyTable(),
      guessed: emptyTable(),
      hasTransfers: false,
      traffic: {},
      counts,
      accuracy: null,
      loss: null,
      ended: null,
    },
  };
}

/** Changes the state to what it is after that line. Host lines change nothing. */
export function applyLine(state: ShownState, line: JournalLine): void {
  if (!('n' in line)) return;
  state.next = line.n + 1;
  state.timeUs = line.timeUs;
  applyEvent(state, line);
}

function applyEvent(state: ShownState, line: SimulatedLine): void {
  switch (line.type) {
    case 'run-started':
      begin(state, line);
      break;
    case 'enter-map': {
      const { worker: id, entity, kind } = line;
      const fixed = state.fixedByzantine.includes(id);
      state.workers[id] = newWorker(id, entity, kind, fixed);
      break;
    }
    case 'leave-map':
      delete state.workers[line.worker];
      forgetReceiver(state, line.worker);
      break;
    case 'enter-range':
      state.workers[line.worker]?.inRange.push(line.server);
      break;
    case 'leave-range': {
      const worker = state.workers[line.worker];
      if (worker) worker.inRange = worker.inRange.filter((id) => id !== line.server);
      break;
    }
    case 'associate': {
      const worker = state.workers[line.worker];
      if (worker) Object.assign(worker, { server: line.server, queued: false });
      if (line.handover) state.counts.handovers += 1;
      break;
    }
    case 'worker-queued':
    case 'worker-refused': {
      const worker = state.workers[line.worker];
      if (worker) worker.queued = line.type === 'worker-queued';
      break;
    }
    case 'turned-byzantine':
    case 'turned-honest': {
      const node = nodeOf(state, line.node);
      if (node) node.byzantine = line.type === 'turned-byzantine';
      break;
    }
    case 'crashed':
    case 'recovered': {
      const node = nodeOf(state, line.node);
      if (node) node.crashed = line.type === 'crashed';
      if (line.type === 'crashed') {
        state.counts.crashes += 1;
        dropTransfers(state, line.node);
      }
      break;
    }
    case 'cut':
    case 'restored': {
      const server = state.servers[line.server];
      if (server) server.cut = line.type === 'cut';
      break;
    }
    case 'run-ended':
      state.ended = line.reason;
      break;
    default:
      applyLearning(state, line);
  }
}

/** Gradients, results, models. */
function applyLearning(state: ShownState, line: SimulatedLine): void {
  const { counts, guessed, timeUs } = state;
  switch (line.type) {
    case 'gradient-started': {
      counts.started += 1;
      const { gradient, server, version } = line;
      const worker = state.workers[line.worker];
      if (worker) worker.work = { gradient, server, version, sinceUs: timeUs };
      break;
    }
    case 'gradient-ended': {
      count(counts, line.outcome);
      const worker = state.workers[line.worker];
      if (!worker) break;
      const { gradient, server, outcome, reason = null, staleness = null, byzantine } = line;
      if (worker.work?.gradient === gradient) worker.work = null;
      worker.forged = byzantine === true;
      const newest = state.servers[server]?.newest;
      if (newest && newest.result === line.inResult) worker.loss = newest.loss;
      worker.last = { gradient, server, outcome, reason, staleness, timeUs };
      break;
    }
    case 'round-opened': {
      const server = state.servers[line.server];
      if (server) Object.assign(server, { round: line.round, version: line.version, open: true });
      break;
    }
    case 'aggregated':
      aggregate(state, line);
      break;
    case 'no-result': {
      const server = state.servers[line.server];
      if (server) Object.assign(server, { open: false });
      break;
    }
    case 'result-ended': {
      delete guessed[`result ${line.result}`];
      const server = state.servers[line.server];
      if (server) server.forged = line.byzantine === true;
      break;
    }
    case 'updated': {
      counts.updates += 1;
      const server = state.servers[line.server];
      if (server) Object.assign(server, { version: line.version });
      break;
    }
    case 'round-ended':
      counts.rounds += 1;
      break;
    case 'transfer-started':
      startTransfer(state, line);
      break;
    case 'transfer-ended':
      endTransfer(state, line);
      if (!state.workers[line.to] && !state.servers[line.to]) forgetReceiver(state, line.to);
      break;
    case 'evaluated':
      evaluate(state, line);
      break;
    default:
      applyTree(state, line);
  }
}

/** Applies events that only trees of models have. */
function applyTree(state: ShownState, line: SimulatedLine): void {
  const { guessed, timeUs } = state;
  switch (line.type) {
    case 'window-closed': {
      const worker = state.workers[line.worker];
      const work = { gradient: line.window, server: worker?.server ?? '', version: 0 };
      if (worker) worker.work ??= { ...work, sinceUs: timeUs };
      break;
    }
    case 'window-trained': {
      state.counts.started += 1;
      const worker = state.workers[line.worker];
      if (worker) Object.assign(worker, { work: null, loss: line.loss ?? null });
      break;
    }
    case 'update-sent': {
      const { update, node, server, bytes } = line;
      guessTransfer(state, `update ${update}`, { from: node, to: server, what: 'update' });
      trafficOf(state, node).up += bytes;
      break;
    }
    case 'update-ended': {
      delete guessed[`update ${line.update}`];
      const isWorker = state.servers[line.node] === undefined;
      if (isWorker) count(state.counts, line.outcome);
      const node = nodeOf(state, line.node);
      if (node) node.forged = line.byzantine === true;
      break;
    }
    case 'model-sent':
      guessTransfer(state, `model ${line.to}`, { from: line.node, to: line.to, what: 'model' });
      trafficOf(state, line.to).down += line.bytes;
      break;
    case 'model-received':
      delete guessed[`model ${line.node}`];
      break;
    case 'failover':
      for (const child of line.children) {
        const node = state.servers[child];
        if (node) node.parent = line.to;
      }
      break;
  }
}

function begin(state: ShownState, line: SimulatedLine & { type: 'run-started' }): void {
  state.name = line.name;
  state.fixedByzantine = Object.values(line.byzantine).flat();
  for (const { id, parent, layer } of line.servers) {
    const byzantine = state.fixedByzantine.includes(id);
    state.servers[id] = {
      ...{ id, parent, layer, round: 0, version: 0, open: false, newest: null },
      ...{ byzantine, forged: false, crashed: false, cut: false },
    };
  }
}

function newWorker(id: string, entity: string, kind: string, byzantine: boolean): WorkerView {
  return {
    ...{ id, entity, kind, server: null, inRange: [], queued: false, work: null, last: null },
    ...{ sending: 0, receiving: 0, loss: null, byzantine, forged: false, crashed: false },
  };
}

function aggregate(state: ShownState, line: SimulatedLine & { type: 'aggregated' }): void {
  const { server: id, result, vectors, byzantine, declaredF, exceeded, skipped, timeUs } = line;
  const { loss = null } = line;
  if (exceeded) state.counts.exceeded += 1;
  const server = state.servers[id];
  if (!server) return;
  const isOver = exceeded === true;
  server.newest = { result, vectors, byzantine, declaredF, exceeded: isOver, loss, timeUs };
  server.open = false;
  if (server.parent === null || skipped) return;
  guessTransfer(state, `result ${result}`, { from: id, to: server.parent, what: 'result' });
}

function evaluate(state: ShownState, line: SimulatedLine & { type: 'evaluated' }): void {
  const server = state.servers[line.server];
  const accuracy = line.accuracy ?? null;
  if (server) server.accuracy = accuracy;
  if (server?.parent !== null) return;
  state.accuracy = accuracy;
  state.loss = typeof line.loss === 'number' ? line.loss : null;
}

function count(counts: RunCounts, outcome: string): void {
  if (outcome === 'aggregated' || outcome === 'dropped' || outcome === 'lost') counts[outcome] += 1;
}

function trafficOf(state: ShownState, node: string): { up: number; down: number } {
  state.traffic[node] ??= { up: 0, down: 0 };
  return state.traffic[node];
}
