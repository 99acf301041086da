// The program of one tfjs-node process: answers one request after the other, read from stdin, until
// that ends. It reads and writes without the event loop, which a busy one would not get to.
import { readSync, writeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { InputError } from '../../errors.ts';
import { bindKernels, type Kernels } from '../../kernels/kernels.ts';
import { createKernelMemory } from '../../kernels/memory.ts';
import type { RandomState } from '../../simulation/random.ts';
import { movedDataset, roomFor } from './dataset-regions.ts';
import {
  decodeLengths,
  encodeHeader,
  encodeResult,
  LENGTH_BYTES,
  type Reply,
  type Request,
} from './frames.ts';
import { openTfjsEngine } from './open-tfjs-engine.ts';
import type { TfjsEngine } from './tfjs-engine.ts';

const STDIN = 0;
const STDOUT = 1;
/** One call reads no more than 2 GiB. */
const LONGEST_READ = 1 << 30;

// stdout is for frames; what a user's model prints is for the user.
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;

/** False at the end of the stream. */
function readInto(bytes: Uint8Array): boolean {
  for (let done = 0; done < bytes.length; ) {
    const count = patiently(() =>
      readSync(STDIN, bytes, done, Math.min(LONGEST_READ, bytes.length - done), null),
    );
    if (count === 0) return false;
    done += count;
  }
  return true;
}

function writeAll(bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    done += patiently(() => writeSync(STDOUT, bytes, done, bytes.length - done));
  }
}

/** Pipes may be set not to block. */
function patiently(use: () => number): number {
  for (;;) {
    try {
      return use();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function reply(header: Reply, body = new Uint8Array(0)): void {
  writeAll(encodeHeader(header, body.length));
  writeAll(body);
}

function vectorOf(engine: TfjsEngine, body: Uint8Array): Float32Array {
  return new Float32Array(body.buffer, body.byteOffset, engine.dimension);
}

const moved = new Map<number, number>();
let kernels: Kernels | undefined;
let engine: TfjsEngine | undefined;

async function open({ model, data }: Request & { kind: 'open' }): Promise<void> {
  engine = await openTfjsEngine('node', kernels!, model, movedDataset(data, moved));
  const { parameters, chances, versions } = engine;
  reply({ kind: 'opened', parameters: [...parameters], chances: [...chances], versions });
}

async function answer(
  request: Request & { kind: 'open' | 'gradient' | 'evaluate' },
  body: Uint8Array<ArrayBuffer>,
) {
  if (request.kind === 'open') {
    await open(request);
  } else if (request.kind === 'gradient') {
    const theta = vectorOf(engine!, body);
    const items = new Uint32Array(body.buffer, theta.byteLength, request.items);
    const out = new Float32Array(theta.length);
    const chance = (layer: string): RandomState => request.chance[layer]!;
    const inputsAt = theta.byteLength + items.byteLength;
    const labelsAt = inputsAt + request.inputs * 4;
    const lossSum = engine!.gradient(theta, items, out, chance, {
      inputs: request.inputs > 0 ? new Float32Array(body.buffer, inputsAt, request.inputs) : null,
      labels: request.labels > 0 ? new Uint8Array(body.buffer, labelsAt, request.labels) : null,
    });
    reply({ kind: 'gradient' }, encodeResult(lossSum, out));
  } else {
    const { split, from, to, inputs } = request;
    const theta = vectorOf(engine!, body);
    const rows = inputs > 0 ? new Float32Array(body.buffer, theta.byteLength, inputs) : undefined;
    const found = engine!.evaluate(theta, split, from, to, rows);
    const numbers =
      'confusion' in found
        ? found.confusion
        : Float64Array.of(...found.absoluteErrors, ...found.squaredErrors);
    reply({ kind: 'evaluation' }, encodeResult(found.lossSum, numbers));
  }
}

const lengths = Buffer.alloc(LENGTH_BYTES);
while (readInto(lengths)) {
  const { header, body } = decodeLengths(lengths);
  const text = new Uint8Array(header);
  if (!readInto(text)) break;
  const request = JSON.parse(Buffer.from(text.buffer).toString('utf8')) as Request;
  if (request.kind === 'region') {
    kernels ??= bindKernels(createKernelMemory());
    const address = roomFor(kernels, body);
    moved.set(request.address, address);
    if (!readInto(new Uint8Array(kernels.memory.buffer, address, body))) break;
    continue;
  }
  const bytes = new Uint8Array(body);
  if (!readInto(bytes)) break;
  try {
    await answer(request, bytes);
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    reply({ kind: 'failed', message, isInput: error instanceof InputError });
  }
  // What the native library lets go of is freed in the event loop.
  await nextTurn();
}
process.exit();
