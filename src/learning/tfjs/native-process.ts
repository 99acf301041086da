// The program of one tfjs-node process: answers one request after the other, read from stdin, until
// that ends. It reads and writes without the event loop, which a busy one would not get to.
import { readSync, writeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { InputError } from '../../errors.ts';
import { bindKernels } from '../../kernels/kernels.ts';
import { createKernelMemory } from '../../kernels/memory.ts';
import type { RandomState } from '../../simulation/random.ts';
import type { Frame } from '../../transport/frame.ts';
import { FrameReader } from '../../transport/frame-reader.ts';
import { needMessage, readJsonBody, readMessage, sentNumbers } from '../../transport/message.ts';
import { movedDataset, roomFor } from './dataset-regions.ts';
import {
  encodeMessage,
  openingSchema,
  pipeLimits,
  type Reply,
  type Request,
  requestSchema,
  resultParts,
} from './frames.ts';
import { openTfjsEngine } from './open-tfjs-engine.ts';
import type { TfjsEngine } from './tfjs-engine.ts';

const STDIN = 0;
const STDOUT = 1;
/** Usual capacity of a pipe. */
const READ_BYTES = 2 ** 16;

// stdout is for frames; what a user's model prints is for the user.
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;

/** A byte longer than what is read into it: the reader keeps a piece that has its memory for itself. */
const piece = new Uint8Array(READ_BYTES + 1);
const reader = new FrameReader(pipeLimits);

/** Null at the end of the stream. */
function nextFrame(): Frame | null {
  for (;;) {
    const frame = reader.next();
    if (frame !== null) return frame;
    const count = patiently(() => readSync(STDIN, piece, 0, READ_BYTES, null));
    if (count === 0) return null;
    reader.push(piece.subarray(0, count));
  }
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

function reply(message: Reply, parts: Parameters<typeof encodeMessage>[1] = []): void {
  for (const bytes of encodeMessage(message, parts)) writeAll(bytes);
}

function vectorOf(engine: TfjsEngine, body: Uint8Array): Float32Array {
  return new Float32Array(body.buffer, body.byteOffset, engine.dimension);
}

const kernels = bindKernels(createKernelMemory());
const moved = new Map<number, number>();
/** The piece of the dataset whose parts come next: where, and how much is missing. */
let region = { at: 0, missing: 0 };
let engine: TfjsEngine | undefined;

async function open(body: Uint8Array): Promise<void> {
  const { model, data } = readJsonBody(openingSchema, body);
  engine = await openTfjsEngine('node', kernels, model, movedDataset(data, moved));
  const { parameters, randomLayers, versions } = engine;
  reply({ kind: 'opened', parameters: [...parameters], randomLayers: [...randomLayers], versions });
}

async function answer(
  request: Request & { kind: 'open' | 'gradient' | 'evaluate' },
  body: Uint8Array<ArrayBuffer>,
) {
  if (request.kind === 'open') {
    await open(body);
  } else if (request.kind === 'gradient') {
    const theta = vectorOf(engine!, body);
    const items = new Uint32Array(body.buffer, theta.byteLength, request.items);
    const out = new Float32Array(theta.length);
    const randomOf = (layer: string): RandomState => request.randomOf[layer]!;
    const inputsAt = theta.byteLength + items.byteLength;
    const labelsAt = inputsAt + request.inputs * 4;
    const lossSum = engine!.gradient(theta, items, out, randomOf, {
      inputs: request.inputs > 0 ? new Float32Array(body.buffer, inputsAt, request.inputs) : null,
      labels: request.labels > 0 ? new Uint8Array(body.buffer, labelsAt, request.labels) : null,
    });
    reply({ kind: 'gradient' }, resultParts(lossSum, out));
  } else {
    const { split, from, to, inputs } = request;
    const theta = vectorOf(engine!, body);
    const rows = inputs > 0 ? new Float32Array(body.buffer, theta.byteLength, inputs) : undefined;
    const found = engine!.evaluate(theta, split, from, to, rows);
    const numbers =
      'confusion' in found
        ? found.confusion
        : Float64Array.of(...found.absoluteErrors, ...found.squaredErrors);
    const { metrics } = found;
    const sent = metrics && { metrics: sentNumbers(metrics) };
    reply({ kind: 'evaluation', ...sent }, resultParts(found.lossSum, numbers));
  }
}

function takeRegion(request: Request & { kind: 'region' | 'part' }, body: Uint8Array): void {
  if (request.kind === 'region') {
    const at = roomFor(kernels, request.bytes);
    moved.set(request.address, at);
    region = { at, missing: request.bytes };
    return;
  }
  needMessage(body.length <= region.missing, 'more of a dataset than was announced');
  new Uint8Array(kernels.memory.buffer, region.at, body.length).set(body);
  region = { at: region.at + body.length, missing: region.missing - body.length };
}

for (let frame = nextFrame(); frame !== null; frame = nextFrame()) {
  const request = readMessage(requestSchema, frame.header);
  const body = frame.body instanceof Uint8Array ? frame.body : new Uint8Array();
  if (request.kind === 'region' || request.kind === 'part') {
    takeRegion(request, body);
    continue;
  }
  try {
    await answer(request, body as Uint8Array<ArrayBuffer>);
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    reply({ kind: 'failed', message, isInput: error instanceof InputError });
  }
  // Memory that the native library lets go of is freed in the event loop.
  await nextTurn();
}
process.exit();
