import { expect, it } from 'vitest';
import { createKernelMemory } from '#src/kernels/memory.js';
import type { Connection } from '#src/transport/connection.js';
import type { Frame, Header } from '#src/transport/frame.js';
import { AgentTasks } from '#src/worlds/computing/agent-tasks.js';
import type { Task, TaskResult } from '#src/worlds/computing/task.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';

/** An agent of one thread that has parameters in slot 0; the tasks that it was given, and the frames that it sent. */
function agent(dimension = 4) {
  const shape = { dimension, trainItems: 10, evaluationItems: 6, classes: null, outputs: 2 };
  const memory = createKernelMemory();
  const running: { task: Task; done: (result: TaskResult) => void }[] = [];
  const sent: Frame[] = [];
  const work = {
    send: (frame: Frame) => sent.push(frame) > 0,
    release: () => {},
  } as unknown as Connection;
  const pool = {
    hasRoom: true,
    run: (task: Task, done: (result: TaskResult) => void) => void running.push({ task, done }),
    nextCompletion: async () => {},
    close: async () => {},
  };
  const vectors = new VectorMemory(memory, dimension);
  const tasks = new AgentTasks(work, { shape, vectors, pool }, 1);
  const receive = (header: object, body: Frame['body'] = null) =>
    tasks.receive({ header: header as Header, body });
  const theta = new Float32Array(dimension);
  theta.set([1, 2, 3, 4]);
  receive({ type: 'theta', slot: 0 }, theta);
  return { running, sent, receive, vectors, memory };
}

const gradient = {
  ...{ type: 'gradient', id: 5, slot: 0, poisoned: false, streamPrefix: 's' },
  ...{ factor: 1, steps: 1, learningRate: 0 },
};
const evaluate = { type: 'evaluate', id: 5, slot: 0 };
const bytes = (...items: number[]) => new Uint8Array(Uint32Array.from(items).buffer);

it('runs a gradient on the parameters of its slot and sends what comes out', () => {
  const { running, sent, receive, vectors } = agent();
  receive(gradient, bytes(0, 9));
  const { task, done } = running[0] as {
    task: Task & { kind: 'gradient' };
    done: (r: TaskResult) => void;
  };
  expect([...vectors.at(task.theta)]).toEqual([1, 2, 3, 4]);
  expect([...task.items]).toEqual([0, 9]);
  vectors.at(task.out).set([5, 6, 7, 8]);
  done({ kind: 'gradient', loss: Number.NaN, finite: true });
  const header = { type: 'gradient', id: 5, loss: 'NaN', finite: true };
  expect(sent).toEqual([{ header, body: Float32Array.of(5, 6, 7, 8) }]);
});

it('sends the sums of an evaluation of numbers as they are', () => {
  const { running, sent, receive } = agent();
  receive({ type: 'evaluate', id: 1, slot: 0, from: 0, to: 6 });
  const sums = [Float64Array.of(0.1, 1e300), Float64Array.of(2, 3)] as const;
  const [absoluteErrors, squaredErrors] = sums;
  running[0]!.done({ kind: 'evaluate', lossSum: 1, absoluteErrors, squaredErrors });
  const body = new Uint8Array(Float64Array.of(0.1, 1e300, 2, 3).buffer);
  expect(sent).toEqual([{ header: { type: 'evaluate', id: 1, lossSum: 1, trigger: null }, body }]);
});

it.each([
  ['items that are not there', gradient, bytes(0, 10)],
  ['no items', gradient, bytes()],
  ['half an item', gradient, new Uint8Array(6)],
  ['a vector for items', gradient, new Float32Array(2)],
  ['steps that do not divide its items', { ...gradient, steps: 2 }, bytes(0, 1, 2)],
  ['half a step', { ...gradient, steps: 0.5 }, bytes(0, 1)],
  ['parameters that it was not sent', { ...gradient, slot: 1 }, bytes(0, 1)],
  ['a name that is none', { ...gradient, streamPrefix: 3 }, bytes(0, 1)],
  ['an evaluation of items that are not there', { ...evaluate, from: 0, to: 7 }, null],
  ['an evaluation backwards', { ...evaluate, from: 3, to: 2 }, null],
  ['another kind of task', { ...gradient, type: 'aggregate' }, bytes(0, 1)],
  ['parameters of another model', { type: 'theta', slot: 1 }, new Float32Array(5)],
  ['parameters in a slot too many', { type: 'theta', slot: 8 }, new Float32Array(4)],
  ['parameters before the first slot', { type: 'theta', slot: -1 }, new Float32Array(4)],
])('does not take %s', (_, header, body) => {
  const { running, receive } = agent();
  expect(() => receive(header, body)).toThrow();
  expect(running).toEqual([]);
});

it('takes three tasks a thread at once, and no more memory for a hundred than for these', () => {
  // Memory grows by sixteen of these vectors.
  const dimension = 2 ** 18;
  const { running, receive, memory } = agent(dimension);
  const three = () => {
    for (let id = 0; id < 3; id += 1) receive({ ...gradient, steps: 2 }, bytes(0, 1));
  };
  for (let slot = 0; slot < 8; slot += 1) {
    receive({ type: 'theta', slot }, new Float32Array(dimension));
  }
  three();
  const { byteLength } = memory.buffer;
  expect(() => receive(gradient, bytes(0))).toThrow('more tasks than were agreed');
  for (let times = 0; times < 40; times += 1) {
    for (const { done } of running.splice(0)) done({ kind: 'gradient', loss: 1, finite: true });
    receive({ type: 'theta', slot: times % 8 }, new Float32Array(dimension));
    three();
  }
  expect(memory.buffer.byteLength).toBe(byteLength);
});
