import { Worker } from 'node:worker_threads';
import { RunError } from '../../errors.ts';

/** To the thread. */
export interface SceneQuestion {
  id: number;
  ask: 'scene' | 'whole scene' | { fromUs: number; toUs: number };
}

export type SceneAnswer = { id: number; text: string } | { id: number; error: string };

/** New objects of the thread before it looks for garbage: reading a trace makes many, and the default lets 48 MB of them stay. */
const YOUNG_MB = 4;

interface PendingAnswer {
  resolve: (text: string) => void;
  reject: (error: Error) => void;
}

/** Reads where a run takes place, and how its workers move, in a thread of its own. Answers are JSON. */
export class SceneReader {
  readonly #thread: Worker;
  /** Asked for before any page does: the thread answers nothing while it makes tracks. */
  readonly #scene: Promise<string>;
  readonly #waiting = new Map<number, PendingAnswer>();
  #asked = 0;
  /** Why the thread is no more. */
  #failure: string | null = null;

  constructor(folder: string) {
    this.#thread = new Worker(new URL('./scene-thread.js', import.meta.url), {
      workerData: folder,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#thread.on('message', (answer: SceneAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('text' in answer) waiting?.resolve(answer.text);
      else waiting?.reject(new RunError(answer.error));
    });
    this.#thread.on('error', (error) => this.#fail((error as Error).message));
    this.#thread.on('exit', () => this.#fail('the scene is not read any more'));
    this.#scene = this.#ask('scene');
    // Those that ask for it get the error.
    this.#scene.catch(() => {});
  }

  /** A `Scene`. Rejects with what is wrong with the run's config. */
  scene(isWhole: boolean): Promise<string> {
    return isWhole ? this.#ask('whole scene') : this.#scene;
  }

  /** Once there is a first scene, or an error in its place. */
  get begun(): Promise<unknown> {
    return this.#scene.catch(() => {});
  }

  /** `{ tracks: TrackPiece[] }`: the ways within a stretch of simulation time. */
  tracks(fromUs: number, toUs: number): Promise<string> {
    return this.#ask({ fromUs, toUs });
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }

  #ask(ask: SceneQuestion['ask']): Promise<string> {
    if (this.#failure !== null) return Promise.reject(new RunError(this.#failure));
    const id = this.#asked;
    this.#asked += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#thread.postMessage({ id, ask } satisfies SceneQuestion);
    });
  }

  #fail(why: string): void {
    this.#failure ??= why;
    for (const { reject } of this.#waiting.values()) reject(new RunError(this.#failure));
    this.#waiting.clear();
  }
}
