// Runs one configuration of the virtual world on two threads and prints what each of them, and the main
// thread, did when. A process of its own: what it notes with is put in the place of Node's Worker before
// the run is loaded, so that the run itself is the one that everybody has.

import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';
import type { TaskMessage, ThreadReply } from '../src/worlds/computing/task.ts';
import { nowMs } from './now-ms.ts';
import type { NotedRun, NotedTask } from './round-shares.ts';

const THREADS = 2;
const MOST_TASKS = 100_000;

const noted: NotedRun = { threads: [], main: [] };
const posted = new Map<number, Pick<NotedTask, 'kind' | 'postedMs'>>();
const ofThreads: { notes: Float64Array; results: number[]; receivedMs: number[] }[] = [];

let isBusy = false;
/** The main thread works on what has come until the event loop has looked at all of it. */
function noteMain(): void {
  if (isBusy) return;
  isBusy = true;
  const fromMs = nowMs();
  setImmediate(() => {
    isBusy = false;
    noted.main.push({ fromMs, toMs: nowMs() });
  });
}

class NotedThread extends threads.Worker {
  readonly #own: (typeof ofThreads)[number];

  constructor(program: URL, options?: threads.WorkerOptions) {
    const notes = new Float64Array(new SharedArrayBuffer(8 * (1 + 2 * MOST_TASKS)));
    const before = new URL('./noted-tasks.js', import.meta.url).href;
    const execArgv = [...process.execArgv, '--import', before];
    super(program, { ...options, execArgv, workerData: { notes } });
    this.#own = { notes, results: [], receivedMs: [] };
    ofThreads.push(this.#own);
  }

  override postMessage(message: unknown): void {
    for (const each of Array.isArray(message) ? (message as TaskMessage[]) : []) {
      posted.set(each.id, { kind: kindOf(each), postedMs: nowMs() });
    }
    super.postMessage(message);
  }

  override emit(event: string | symbol, ...details: unknown[]): boolean {
    const [reply] = details as [ThreadReply?];
    if (event === 'message' && reply?.type === 'results') {
      noteMain();
      const ms = nowMs();
      for (const { id } of reply.results) {
        this.#own.results.push(id);
        this.#own.receivedMs.push(ms);
      }
    }
    return super.emit(event, ...details);
  }
}

function kindOf({ task }: TaskMessage): NotedTask['kind'] {
  if (task.kind === 'aggregate') return task.layer === 'edge' ? 'edge' : 'cloud';
  return task.kind === 'gradient' ? 'gradient' : 'update';
}

threads.Worker = NotedThread;
syncBuiltinESMExports();

const { loadConfig } = await import('../src/config/load-config.ts');
const { VirtualRun } = await import('../src/run/virtual-run.ts');
const [configFile, runDir] = process.argv.slice(2) as [string, string];
const { config } = await loadConfig(configFile);
const run = await VirtualRun.create({ config, runDir, threads: THREADS });
await run.toEnd();
noted.threads = ofThreads.map(({ notes, results, receivedMs }) =>
  results.map((id, index) => ({
    ...posted.get(id)!,
    fromMs: notes[1 + 2 * index]!,
    toMs: notes[2 + 2 * index]!,
    receivedMs: receivedMs[index]!,
  })),
);
process.stdout.write(JSON.stringify(noted));
