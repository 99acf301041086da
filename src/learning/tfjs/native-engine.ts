import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { InputError, RunError } from '../../errors.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import type { Substitute } from '../batch-samples.ts';
import type { SplitName } from '../dataset.ts';
import type { AnyModelSpec, Chance, Engine, Evaluation, Parameter } from '../engine.ts';
import type { PlacedDataset } from '../placed-dataset.ts';
import { regionsOf } from './dataset-regions.ts';
import {
  decodeEvaluation,
  decodeGradient,
  encodeHeader,
  FrameReader,
  type Reply,
  type Request,
} from './frames.ts';

/** Threads of its own would compete with the other processes, and cost it the same bits. */
const ENVIRONMENT = {
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
  OMP_NUM_THREADS: '1',
  // Warnings and below are of no use to a user.
  TF_CPP_MIN_LOG_LEVEL: '2',
};

/**
 * An engine that computes with tfjs-node in a process of its own: in threads of one process that
 * library crashes. The process gets the dataset once, and ends when its owner closes it or dies.
 *
 * Throws InputError when tfjs-node or the user's model does not run here.
 */
export async function openNativeEngine(
  kernels: Kernels,
  model: AnyModelSpec,
  data: PlacedDataset,
): Promise<NativeEngine> {
  const native = new NativeProcess();
  try {
    for (const { address, bytes } of regionsOf(kernels, data)) {
      const piece = new Uint8Array(kernels.memory.buffer, address, bytes);
      native.send({ kind: 'region', address }, [piece]);
    }
    const { reply } = await native.ask({ kind: 'open', model, data });
    const hasClasses = data.classes !== null;
    return new NativeEngine(native, reply as Reply & { kind: 'opened' }, hasClasses);
  } catch (error) {
    native.close();
    throw error;
  }
}

export class NativeEngine implements Engine {
  readonly parameters: readonly Parameter[];
  readonly dimension: number;
  readonly versions: Record<string, string>;
  readonly #chances: readonly string[];
  readonly #process: NativeProcess;
  readonly #hasClasses: boolean;

  constructor(process: NativeProcess, opened: Reply & { kind: 'opened' }, hasClasses: boolean) {
    const { parameters, chances, versions } = opened;
    this.parameters = parameters;
    this.dimension = parameters.reduce((sum, { length }) => sum + length, 0);
    this.versions = versions;
    this.#chances = chances;
    this.#process = process;
    this.#hasClasses = hasClasses;
  }

  async gradient(
    theta: Float32Array,
    items: Uint32Array,
    out: Float32Array,
    chance?: Chance,
    { inputs, labels }: Substitute = { inputs: null, labels: null },
  ): Promise<number> {
    const chances = this.#chances.map((layer) => [layer, chance!(layer)]);
    const request = {
      items: items.length,
      inputs: inputs?.length ?? 0,
      labels: labels?.length ?? 0,
      chance: Object.fromEntries(chances),
    };
    const parts = [theta, items, ...(inputs ? [inputs] : []), ...(labels ? [labels] : [])];
    const { body } = await this.#process.ask({ kind: 'gradient', ...request }, parts);
    return decodeGradient(body, out);
  }

  async evaluate(
    theta: Float32Array,
    split: SplitName,
    from: number,
    to: number,
    rows?: Float32Array,
  ): Promise<Evaluation> {
    const request = { kind: 'evaluate', split, from, to, inputs: rows?.length ?? 0 } as const;
    const { body } = await this.#process.ask(request, rows ? [theta, rows] : [theta]);
    return decodeEvaluation(body, this.#hasClasses);
  }

  close(): void {
    this.#process.close();
  }
}

interface Answer {
  reply: Reply;
  body: Uint8Array;
}

type Bytes = Float32Array | Uint32Array | Uint8Array;

/** The process and the requests that it has not answered yet. */
class NativeProcess {
  readonly #child: ChildProcess & { stdin: Writable; stdout: Readable };
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  #failure: Error | null = null;

  constructor() {
    // A group of its own: Ctrl-C is for the run, which lets the process finish for a checkpoint.
    this.#child = spawn(
      process.execPath,
      [fileURLToPath(new URL('./native-process.js', import.meta.url))],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, ...ENVIRONMENT },
        detached: true,
      },
    );
    const frames = new FrameReader((reply, body) => this.#receive(reply, body));
    this.#child.stdout.on('data', (piece: Buffer) => frames.push(piece));
    // Why it does not take any more is told by its end.
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', (error) => this.#fail(error.message));
    this.#child.on('close', (code, signal) =>
      this.#fail(signal === null ? `exit code ${code}` : `killed by ${signal}`),
    );
  }

  send(request: Request, parts: readonly Bytes[] = []): void {
    const bytes = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.#child.stdin.write(encodeHeader(request, bytes));
    for (const { buffer, byteOffset, byteLength } of parts) {
      this.#child.stdin.write(new Uint8Array(buffer, byteOffset, byteLength));
    }
  }

  /** Rejects with what went wrong there, or when the process ends. */
  ask(request: Request, parts: readonly Bytes[] = []): Promise<Answer> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.send(request, parts);
    });
  }

  close(): void {
    this.#child.stdin.end();
  }

  #receive(reply: Reply, body: Uint8Array): void {
    const { resolve, reject } = this.#waiting.shift()!;
    if (reply.kind !== 'failed') resolve({ reply, body });
    else if (reply.isInput) reject(new InputError({ found: reply.message }));
    else reject(new RunError(reply.message));
  }

  #fail(how: string): void {
    const advice = 'did it run out of memory?';
    this.#failure ??= new RunError(
      `the process that computes with tfjs-node ended: ${how}; ${advice}`,
    );
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
