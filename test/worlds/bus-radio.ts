import { type TinyInput, tinyConfig, tinyInput } from './tiny-config.ts';

export const GRADIENT_S = 0.5;
/** A message of 75 numbers. */
export const BITS = 75 * 32;

/** `bus` is carried by `through`; the link of its own is so fast that only the signal takes time. */
export function busConfig(sharing: 'none' | 'processor') {
  const ends = { powerDbm: 0, noiseFigureDb: 50 };
  const radio = {
    ...{ model: 'free-space', frequencyGHz: 5.9, server: ends, worker: ends, bandwidthMHz: 0.002 },
    ...{ rate: { model: 'shannon', efficiency: 0.6 }, loss: { fading: 'rayleigh' } },
  } as const;
  return tinyConfig({
    mobility: { ...tinyInput.mobility, radio } as TinyInput['mobility'],
    servers: [
      { id: 'bus', site: { entity: 'through' } },
      { id: 'right', site: { xM: 280, yM: 100 } },
    ],
    // Workers that send on and on would offer more than a shared radio carries.
    rounds: { mode: sharing === 'none' ? 'asynchronous' : 'synchronous' },
    layers: {
      edge: {
        collect: { count: sharing === 'none' ? 1 : 3, maxPerWorker: 1 },
        deadlineS: 4,
        capacity: { sharing },
      },
      worker: {
        gradientS: GRADIENT_S,
        link: { bandwidthMbps: 2400, latencyMs: 0, maximumRetries: 2 },
      },
    },
    training: { maximumTimeS: 24.9, learningRate: 0.01 },
    live: { speed: 20 },
  });
}

type Place = [xM: number, yM: number];

/** sumo-scenarios/crossing/README.md; null where it is not on the map without a break since its begin. */
export const placeOf: Record<string, (timeS: number) => Place | null> = {
  bystander: () => [210, 110],
  clip: (timeS) => [170, 205 - 10 * timeS],
  gap: (timeS) => (timeS <= 7 ? [200, 5 + 10 * timeS] : null),
};

/** Shannon's rate at that time between the bus and an entity, from Friis' law and thermal noise; bits a second. */
function rateAt(entity: string, timeS: number): number {
  const place = placeOf[entity]!(timeS);
  if (place === null) return 0;
  const distanceM = Math.hypot(105 + 10 * timeS - place[0], 100 - place[1]);
  const lossDb = 20 * Math.log10((4 * Math.PI * distanceM * 5.9e9) / 299_792_458);
  const noiseDbm = -174 + 10 * Math.log10(2000) + 50;
  return 0.6 * 2000 * Math.log2(1 + 10 ** ((0 - lossDb - noiseDbm) / 10));
}

/** How many messages the air between both had time for, in steps of a millisecond at most. */
export function messagesBetween(entity: string, fromS: number, toS: number): number {
  const steps = Math.max(1, Math.round((toS - fromS) * 1000));
  const widthS = (toS - fromS) / steps;
  let bits = 0;
  for (let i = 0; i < steps; i += 1) bits += rateAt(entity, fromS + (i + 0.5) * widthS) * widthS;
  return bits / BITS;
}
