import { encodeFrame } from '#src/transport/encode-frame.js';
import type { Frame, Header } from '#src/transport/frame.js';
import { limits } from './peer.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Draws with a seed: mulberry32. */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0, less than that. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

const numbers = [
  0,
  -1,
  1,
  0.5,
  -0.5,
  255,
  2 ** 16,
  2 ** 31,
  2 ** 32,
  2 ** 40,
  2 ** 53,
  1e308,
  -1e308,
];
const texts = [
  '',
  'NaN',
  'Infinity',
  'toString',
  'constructor',
  'unknown',
  '\u0000',
  'x'.repeat(257),
];
const names = ['cloud', 'left', 'right', 'worker-1', 'worker-2', 'worker-6', 'edge', 'worker'];

function nasty(draw: Draw): Json {
  const kinds: (() => Json)[] = [
    () => null,
    () => draw.of([true, false]),
    () => draw.of(numbers),
    () => draw.of(texts),
    () => draw.of(names),
    () => [],
    () => ({}),
    () => ({ a: 1 }),
    () => [[[[]]]],
    () => Array.from({ length: draw.below(300) }, (_, at) => at),
  ];
  return draw.of(kinds)();
}

/** A sample with nothing to three things changed in it, anywhere. */
export function mutated(sample: object, draw: Draw): Header {
  const root = structuredClone(sample) as { [key: string]: Json };
  for (let times = draw.below(4); times > 0; times -= 1) change(root, draw);
  return isSendable(root as Header) ? (root as Header) : {};
}

/** Whether our own sender would send it; test/transport has what it would not. */
function isSendable(header: Header): boolean {
  try {
    encodeFrame({ header, body: null }, limits);
    return true;
  } catch {
    return false;
  }
}

function change(root: { [key: string]: Json }, draw: Draw): void {
  const places = placesIn(root);
  if (places.length === 0) return;
  const { parent, key } = draw.of(places);
  const value = Reflect.get(parent, key) as Json;
  switch (draw.below(6)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      return;
    case 1:
      if (Array.isArray(parent)) parent.push(structuredClone(value));
      else parent[draw.of([...texts, 'n', 'timeUs', 'type'])] = nasty(draw);
      return;
    case 2:
      if (typeof value !== 'number') break;
      Reflect.set(parent, key, value + draw.of([1, -1, 5, 10, 100, 2 ** 17]));
      return;
    case 3: {
      // The value of another place of the message.
      const other = draw.of(places);
      Reflect.set(parent, key, structuredClone(Reflect.get(other.parent, other.key)));
      return;
    }
  }
  Reflect.set(parent, key, nasty(draw));
}

type Parent = Json[] | { [key: string]: Json };

function placesIn(value: Json, found: { parent: Parent; key: string }[] = []) {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push({ parent: value, key });
    placesIn(Reflect.get(value, key) as Json, found);
  }
  return found;
}

/** A body that fits, or any other. */
export function anyBody(fitting: Frame['body'], dimension: number, draw: Draw): Frame['body'] {
  const bodies: (() => Frame['body'])[] = [
    () => fitting,
    () => fitting,
    () => fitting,
    () => null,
    () => new Float32Array(dimension),
    () => new Float32Array(draw.below(2 * dimension)),
    () => new Uint8Array(draw.below(50)).map(() => draw.below(256)),
    () => new TextEncoder().encode(draw.of(['{}', 'null', '[', '{"lost":1}', '1e999'])),
  ];
  return draw.of(bodies)();
}

/** The bytes of a frame; now and then with one of them changed, left out or put in. */
export function anyBytes(frame: Frame, draw: Draw): Uint8Array {
  const bytes = Buffer.concat(encodeFrame(frame, limits));
  if (draw.below(20) > 0) return bytes;
  const at = draw.below(bytes.length);
  const kinds: (() => Uint8Array)[] = [
    () => bytes.map((byte, index) => (index === at ? byte ^ (1 << draw.below(8)) : byte)),
    () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
    () => Buffer.concat([bytes.subarray(0, at), Buffer.of(draw.below(256)), bytes.subarray(at)]),
    () => bytes.subarray(0, at),
  ];
  return Uint8Array.from(draw.of(kinds)());
}
