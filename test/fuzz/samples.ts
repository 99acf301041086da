import type { ControlMessage } from '#src/worlds/live/protocol/control-message.js';
import type { PeerMessage } from '#src/worlds/live/protocol/peer-message.js';
import type { ReportedEvent, ReportedType } from '#src/worlds/live/protocol/reported-event.js';

const round = 1;
const version = 0;
const left = { server: 'left', round };
const link = { server: 'left', parent: 'cloud' };
const message = { from: 'left', to: 'worker-1', what: 'theta' };

/** One of every event that a process may report; `number`: of what begins. */
export const events = (
  number: number,
): { [Type in ReportedType]: ReportedEvent & { type: Type } } => ({
  'round-opened': { type: 'round-opened', ...left, version, children: 1 },
  'gradient-started': {
    type: 'gradient-started',
    gradient: number,
    worker: 'worker-1',
    ...left,
    version,
  },
  'gradient-ended': {
    ...{ type: 'gradient-ended', gradient: number, worker: 'worker-1', server: 'left' },
    ...{ outcome: 'dropped', reason: 'late' },
  },
  aggregated: {
    ...{ type: 'aggregated', ...left, layer: 'edge', version, result: number, vectors: 3 },
    ...{ senders: 3, byzantine: 0, byzantineSenders: 0, declaredF: 0, atDeadline: false },
    staleness: { mean: 0, maximum: 0 },
    geometry: {
      ...{ vectors: [1], norms: [2], toResult: { distances: [1], anglesDeg: [null] } },
      ...{ distances: [], plane: { vectors: [[0, 1]], result: null, share: 1 } },
    },
  },
  'no-result': { type: 'no-result', ...left, vectors: 0, needed: 1, policy: 'skip' },
  'result-ended': { type: 'result-ended', result: number, ...link, outcome: 'lost' },
  'samples-collected': {
    ...{ type: 'samples-collected', worker: 'worker-1', regions: { left: [1, 0, 2] } },
    ...{ outside: 1, overwritten: 0, left: 0 },
  },
  'window-closed': { type: 'window-closed', worker: 'worker-1', window: 1, items: 3 },
  'window-dropped': {
    ...{ type: 'window-dropped', worker: 'worker-1', window: 1, reason: 'crashed' },
  },
  'window-trained': {
    ...{ type: 'window-trained', worker: 'worker-1', window: 1, gradient: number },
    ...{ items: 3, busyUs: 5 },
  },
  'update-sent': {
    ...{ type: 'update-sent', update: number, node: 'left', server: 'cloud', changes: [1] },
    bytes: 40,
  },
  participants: { type: 'participants', server: 'left', round: 1, participants: ['worker-1'] },
  'update-held-back': { type: 'update-held-back', node: 'left' },
  'update-ended': {
    ...{ type: 'update-ended', update: number, node: 'left', server: 'cloud', outcome: 'lost' },
  },
  'change-ended': {
    ...{ type: 'change-ended', update: number, node: 'left', server: 'cloud', changes: [1] },
    outcome: 'unsent',
  },
  'model-sent': { type: 'model-sent', node: 'left', to: 'worker-1', version, bytes: 40 },
  'model-received': { type: 'model-received', node: 'left', from: 'cloud', version },
  'transfer-started': { type: 'transfer-started', ...message, number: 3, bytes: 40 },
  'transfer-ended': { type: 'transfer-ended', ...message, number: 3, outcome: 'arrived' },
  'message-lost': { type: 'message-lost', ...message, reason: 'link' },
  'message-retried': { type: 'message-retried', ...message, times: 2 },
  'message-repeated': { type: 'message-repeated', ...message },
  crashed: { type: 'crashed', node: 'left', state: 'lost' },
  recovered: { type: 'recovered', node: 'left' },
  cut: { type: 'cut', ...link },
  restored: { type: 'restored', ...link },
  updated: { type: 'updated', server: 'cloud', round, version: 1, gradients: 0, learningRate: 0.1 },
  'held-back': {
    ...{ type: 'held-back', server: 'cloud', round, version, slowest: 0, workers: ['worker-1'] },
  },
  'round-ended': { type: 'round-ended', server: 'cloud', round },
  evaluated: {
    type: 'evaluated',
    server: 'cloud',
    round,
    version,
    epoch: 0,
    gradients: 0,
    split: 'test',
  },
  waiting: { type: 'waiting', ...left, what: 'gradients', has: 0, wants: 1, from: ['worker-1'] },
});

/** One of every message of a process to the coordinator, but for reports of each event. */
export const controlMessages: {
  [Type in ControlMessage['type']]: ControlMessage & { type: Type };
} = {
  ready: { type: 'ready', address: { host: 'here', port: 1 } },
  failed: { type: 'failed', message: 'no memory', isInput: false },
  ping: { type: 'ping' },
  report: { type: 'report', timeUs: 0, items: [] },
  'batch-wanted': { type: 'batch-wanted', owner: 'left', value: 1, beganUs: 0 },
  hold: { type: 'hold' },
  release: { type: 'release' },
  held: { type: 'held', change: 1 },
  finish: { type: 'finish', reason: 'rounds' },
  has: { type: 'has' },
  'bad-peer': { type: 'bad-peer', slot: 1, generation: 0, why: 'x' },
  transfer: {
    ...{ type: 'transfer', transfer: 7, lower: 'worker-1', upper: 'left', direction: 'up' },
    ...{ contact: 4, bytes: 300, atUs: 1 },
  },
  costs: { type: 'costs', cpuS: 0.25, memoryBytes: 1, sentBytes: 2, receivedBytes: 3 },
  ended: { type: 'ended', computed: 0 },
};

const nodes = { type: 'nodes', dueUs: 0, wire: null } as const;
const fromWorker = { ...nodes, from: 'worker-1', to: ['left'], contacts: [4] };
const fromCloud = { ...nodes, from: 'cloud', to: ['left'], contacts: [null] };

/** Of every message between processes those that `left` may get, by who sends it. */
export const peerMessages: { from: 'cloud' | 'workers'; message: PeerMessage; carries: boolean }[] =
  [
    {
      from: 'workers',
      message: {
        ...fromWorker,
        message: { type: 'gradient', round, version, gradient: 7 },
        loss: 1,
        finite: true,
      },
      carries: true,
    },
    {
      from: 'cloud',
      message: { ...fromCloud, message: { type: 'theta', round, version } },
      carries: true,
    },
    {
      from: 'cloud',
      message: { ...fromCloud, message: { type: 'closed', round } },
      carries: false,
    },
    {
      from: 'workers',
      message: {
        ...fromWorker,
        message: { type: 'result', round, version, result: 7, gradients: 1 },
      },
      carries: true,
    },
    {
      from: 'workers',
      message: { ...fromWorker, message: { type: 'no-result', round } },
      carries: false,
    },
    {
      from: 'cloud',
      message: {
        ...fromCloud,
        wire: { extraUs: 5, corrupted: false, copies: { number: 1, of: 2 } },
        message: { type: 'theta', round, version, resend: true },
      },
      carries: true,
    },
    { from: 'workers', message: { type: 'work', worker: 'worker-1', version: 0 }, carries: false },
    {
      from: 'workers',
      message: { type: 'recovered', worker: 'worker-1', server: 'left' },
      carries: false,
    },
  ];
