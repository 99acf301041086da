import { openStream, type RandomStream } from '#src/simulation/random.js';

/** Kinds of the vectors of an input. */
export const kinds = ['plain', 'offset', 'ties', 'equal', 'huge', 'tiny', 'far'] as const;
export type Kind = (typeof kinds)[number];

export const sizes: readonly (readonly [n: number, d: number])[] = [
  [5, 1],
  [7, 3],
  [12, 40],
  [25, 1000],
  [31, 1],
  [60, 300],
  [60, 5000],
];

const known = new Map<string, Float32Array[]>();

/** n vectors of length d of that kind, the same objects in every call. */
export function inputOf(kind: Kind, n: number, d: number): Float32Array[] {
  const key = `${kind} ${n} ${d}`;
  const vectors = known.get(key) ?? makeInput(kind, n, d);
  known.set(key, vectors);
  return vectors;
}

function makeInput(kind: Kind, n: number, d: number): Float32Array[] {
  const random = openStream(5, `oracle/${kind}/${n}/${d}`);
  const plain = normalVectors(random, n, d);
  switch (kind) {
    case 'plain':
      return plain;
    case 'offset':
      return plain.map((vector) => vector.map((x) => x + 100));
    case 'ties': {
      // Each vector several times, so that any choice among equals has the same values.
      const some = plain.slice(0, Math.ceil(n / 3));
      return plain.map(() => some[random.integer(some.length)]!.slice());
    }
    case 'equal':
      return plain.map(() => plain[0]!.slice());
    case 'huge':
      return plain.map((vector) => vector.map((x) => x * 1e35));
    case 'tiny':
      return plain.map((vector) => vector.map((x) => x * 1e-35));
    case 'far':
      return plain.map((vector, index) => vector.map((x) => (index % 5 === 1 ? x * 1e6 : x)));
  }
}

/** Vectors that differ along one direction far more than along any other. */
export function spread(n: number, d: number): Float32Array[] {
  const random = openStream(5, `oracle/spread/${n}/${d}`);
  const [direction] = normalVectors(random, 1, d);
  return normalVectors(random, n, d).map((vector) => {
    const far = 10 * random.normal();
    return vector.map((x, at) => x / Math.sqrt(d) + far * direction![at]!);
  });
}

function normalVectors(random: RandomStream, n: number, d: number): Float32Array[] {
  return Array.from({ length: n }, () => Float32Array.from({ length: d }, () => random.normal()));
}
