import { defineMovementModel, z } from 'edgemlsim/rules';

/** Up and down a street, from a place of its own, as guards do. */
export default defineMovementModel({
  name: 'patrol',
  summary: 'up and down a street of some length',
  options: z.object({
    lengthM: z.number().positive().default(400).describe('of the street, along x'),
    speedMps: z.number().positive().default(1.4),
  }),
  way({ durationS, random }, { lengthM, speedMps }) {
    let xM = random.float() * lengthM;
    const way = [{ timeS: 0, xM, yM: 0 }];
    for (let timeS = 0; timeS < durationS; ) {
      const end = xM === lengthM ? 0 : lengthM;
      timeS += Math.abs(end - xM) / speedMps;
      xM = end;
      way.push({ timeS, xM, yM: 0 });
    }
    return way;
  },
});
