import { defineDataset, type RandomSource, randomSource, z } from 'edgemlsim/datasets';

/** Vehicles a kilometre and lane at which a street stands still. */
const JAM_DENSITY = 140;

/**
 * How fast traffic moves on a street, in metres a second: made up, after Greenshields (1935). The
 * speed falls linearly with the density from the limit to 0; rain and lorries take more of it.
 */
export function speedOf(limit: number, density: number, rain: number, lorries: number): number {
  return limit * (1 - density / JAM_DENSITY) * (1 - 0.02 * rain) * (1 - 0.3 * lorries);
}

function observe(items: number, noise: number, random: RandomSource) {
  const rows: number[][] = [];
  const speeds: number[] = [];
  for (let item = 0; item < items; item += 1) {
    const limit = [8.3, 13.9, 22.2][random.integer(3)]!;
    const density = JAM_DENSITY * random.float();
    const rain = random.float() < 0.7 ? 0 : 10 * random.float();
    const lorries = 0.5 * random.float();
    // Inputs of about the same size learn best.
    rows.push([limit / 10, density / 100, rain / 10, lorries]);
    speeds.push(speedOf(limit, density, rain, lorries) + noise * random.normal());
  }
  return { items: rows, targets: speeds };
}

export default defineDataset({
  name: 'travel-speed',
  summary: 'travel speed from limit, density, rain and lorries',
  options: z.object({
    items: z.number().int().min(10).default(6000).describe('observations to learn from'),
    noise: z.number().min(0).default(0.5).describe('deviation of the measurement, in m/s'),
    seed: z.number().int().default(1).describe('of the observations'),
  }),
  load: ({ items, noise, seed }) => {
    const random = randomSource(seed);
    return {
      classes: null,
      train: observe(items, noise, random),
      test: observe(1000, noise, random),
    };
  },
});
