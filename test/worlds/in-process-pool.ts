import { bindKernels } from '#src/kernels/kernels.js';
import { openEngine } from '#src/learning/open-engine.js';
import { createOptimiser } from '#src/learning/optimisers/index.js';
import { loadDataAttack } from '#src/rules/running/load.js';
import { loadExchangeTriggers } from '#src/rules/running/triggering.js';
import { loadIntake } from '#src/worlds/computing/intake-reference.js';
import { runTask, type TaskRunner } from '#src/worlds/computing/run-task.js';
import type { Task, TaskResult, ThreadSetup } from '#src/worlds/computing/task.js';
import { openWindowTraining } from '#src/worlds/computing/task-runner.js';
import type { TaskPool } from '#src/worlds/computing/thread-pool.js';
import { VectorMemory } from '#src/worlds/computing/vector-memory.js';

/** Which of the waiting tasks is completed next, of their number. */
export type Choice = (waiting: number) => number;

/**
 * A pool without threads: it collects tasks and completes one whenever it is asked to, in the
 * order that `choose` says. So a test decides how late which number comes.
 */
export class InProcessPool implements TaskPool {
  readonly #runner: TaskRunner;
  readonly #room: number;
  readonly #choose: Choice;
  readonly #waiting: { task: Task; done: (result: TaskResult) => void }[] = [];

  private constructor(runner: TaskRunner, room: number, choose: Choice) {
    this.#runner = runner;
    this.#room = room;
    this.#choose = choose;
  }

  static async start(
    setup: ThreadSetup,
    { room = 4, choose = () => 0 }: { room?: number; choose?: Choice } = {},
  ): Promise<InProcessPool> {
    const kernels = bindKernels(setup.memory);
    const engine = await openEngine(kernels, setup);
    const intakes = new Map();
    for (const [name, intake] of Object.entries(setup.intakes)) {
      intakes.set(name, await loadIntake(intake));
    }
    const triggers = new Map();
    for (const [name, each] of Object.entries(setup.triggers)) {
      triggers.set(name, await loadExchangeTriggers(each));
    }
    const poison = setup.poison && (await loadDataAttack(setup.poison));
    const { seed, split, data, training } = setup;
    const optimiser = createOptimiser(setup.optimiser);
    const windows = openWindowTraining(setup.windows);
    const shared = { kernels, engine, data, poison, training, optimiser, windows };
    const scratch = new VectorMemory(kernels.memory, engine.dimension);
    const runner = { ...shared, seed, split, intakes, triggers, scratch };
    return new InProcessPool(runner, room, choose);
  }

  get hasRoom(): boolean {
    return this.#waiting.length < this.#room;
  }

  get isIdle(): boolean {
    return this.#waiting.length === 0;
  }

  run(task: Task, done: (result: TaskResult) => void): void {
    this.#waiting.push({ task, done });
  }

  completeOne(): void {
    const [next] = this.#waiting.splice(this.#choose(this.#waiting.length), 1);
    if (next === undefined) throw new Error('nothing is under way that could complete');
    const result = runTask(this.#runner, next.task);
    if (result instanceof Promise) throw new Error('the engine computes elsewhere');
    this.#runner.kernels.arena.reset();
    next.done(result);
  }

  async nextCompletion(): Promise<void> {
    this.completeOne();
  }

  async close(): Promise<void> {}
}
