import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { InputError, RunError } from '../../errors.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { BadFrame } from '../../transport/bad-frame.ts';
import type { Frame } from '../../transport/frame.ts';
import { FrameReader } from '../../transport/frame-reader.ts';
import { needMessage, readMessage, receivedNumbers } from '../../transport/message.ts';
import type { Substitute } from '../batch-samples.ts';
import type { SplitName } from '../dataset.ts';
import type { AnyModelSpec, Engine, Evaluation, LayerRandom, Parameter } from '../engine.ts';
import type { PlacedDataset } from '../placed-dataset.ts';
import { regionsOf } from './dataset-regions.ts';
import {
  decodeEvaluation,
  decodeGradient,
  encodeMessage,
  type Opened,
  PART_BYTES,
  pipeLimits,
  type Reply,
  type Request,
  replySchema,
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
      native.send({ kind: 'region', address, bytes });
      for (let at = 0; at < bytes; at += PART_BYTES) {
        const length = Math.min(PART_BYTES, bytes - at);
        const part = new Uint8Array(kernels.memory.buffer, address + at, length);
        native.send({ kind: 'part' }, [part]);
      }
    }
    const opening = new TextEncoder().encode(JSON.stringify({ model, data }));
    const { reply } = await native.ask({ kind: 'open' }, [opening], 'opened');
    return new NativeEngine(native, reply as Opened, data);
  } catch (error) {
    native.close();
    throw error;
  }
}

class NativeEngine implements Engine {
  readonly parameters: readonly Parameter[];
  readonly dimension: number;
  readonly versions: Record<string, string>;
  readonly #randomLayers: readonly string[];
  readonly #process: NativeProcess;
  readonly #data: Pick<PlacedDataset, 'classes' | 'outputs'>;

  constructor(
    process: NativeProcess,
    opened: Opened,
    data: Pick<PlacedDataset, 'classes' | 'outputs'>,
  ) {
    const { parameters, randomLayers, versions } = opened;
    this.parameters = parameters;
    this.dimension = parameters.reduce((sum, { length }) => sum + length, 0);
    this.versions = versions;
    this.#randomLayers = randomLayers;
    this.#process = process;
    this.#data = data;
  }

  async gradient(
    theta: Float32Array,
    items: Uint32Array,
    out: Float32Array,
    randomOf?: LayerRandom,
    { inputs, labels }: Substitute = { inputs: null, labels: null },
  ): Promise<number> {
    const randomLayers = this.#randomLayers.map((layer) => [layer, [...randomOf!(layer)]]);
    const request = {
      items: items.length,
      inputs: inputs?.length ?? 0,
      labels: labels?.length ?? 0,
      randomOf: Object.fromEntries(randomLayers),
    };
    const parts = [theta, items, ...(inputs ? [inputs] : []), ...(labels ? [labels] : [])];
    const { body } = await this.#process.ask({ kind: 'gradient', ...request }, parts, 'gradient');
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
    const parts = rows ? [theta, rows] : [theta];
    const { body, reply } = await this.#process.ask(request, parts, 'evaluation');
    const { metrics } = reply as Reply & { kind: 'evaluation' };
    const own = metrics && { metrics: receivedNumbers(metrics) };
    return { ...decodeEvaluation(body, this.#data), ...own };
  }

  close(): void {
    this.#process.close();
  }
}

interface PendingReply {
  /** Kind of the answer, unless the request has failed. */
  expected: Reply['kind'];
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

interface Answer {
  reply: Reply;
  body: Uint8Array;
}

type Bytes = Float32Array | Uint32Array | Uint8Array;

/** The process and the requests that it has not answered yet. */
class NativeProcess {
  readonly #child: ChildProcess & { stdin: Writable; stdout: Readable };
  readonly #waiting: PendingReply[] = [];
  readonly #reader = new FrameReader(pipeLimits);
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
    this.#child.stdout.on('data', (piece: Buffer) => this.#read(piece));
    // Its end says why it does not take any more.
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', (error) => this.#fail(error.message));
    this.#child.on('close', (code, signal) =>
      this.#fail(signal === null ? `exit code ${code}` : `killed by ${signal}`),
    );
  }

  send(request: Request, parts: readonly Bytes[] = []): void {
    for (const piece of encodeMessage(request, parts)) this.#child.stdin.write(piece);
  }

  /** Rejects with what went wrong there, or when the process ends. */
  ask(request: Request, parts: readonly Bytes[], expected: Reply['kind']): Promise<Answer> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ expected, resolve, reject });
      this.send(request, parts);
    });
  }

  close(): void {
    this.#child.stdin.end();
  }

  #read(piece: Buffer): void {
    try {
      this.#reader.push(piece);
      for (let frame = this.#reader.next(); frame !== null; frame = this.#reader.next()) {
        this.#receive(readMessage(replySchema, frame.header), frame.body);
      }
    } catch (error) {
      if (!(error instanceof BadFrame)) throw error;
      this.#child.kill('SIGKILL');
      this.#failure ??= new RunError(
        `the process that computes with tfjs-node sent ${error.message}`,
      );
    }
  }

  #receive(reply: Reply, body: Frame['body']): void {
    const [waiting] = this.#waiting;
    const isExpected = reply.kind === waiting?.expected || reply.kind === 'failed';
    needMessage(waiting !== undefined && isExpected, `a reply "${reply.kind}" to nothing`);
    const { resolve, reject } = waiting;
    this.#waiting.shift();
    if (reply.kind !== 'failed') resolve({ reply, body: bytesOf(body) });
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

function bytesOf(body: Frame['body']): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}
