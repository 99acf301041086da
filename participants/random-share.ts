import { defineParticipants, z } from 'edgemlsim/rules';

const options = z.strictObject({
  share: z.number().gt(0).max(1).describe('C: share of the children that may still take part'),
});

/**
 * Random share: m = max(ceil(C K), 1) of K children, drawn without replacement in each round.
 *
 * Example: C = 0.5 of 5 children: 3.
 * Source: McMahan et al., AISTATS 2017, algorithm 1 (there rounded to the nearest).
 */
export default defineParticipants<z.output<typeof options>>({
  name: 'random-share',
  summary: 'a random share of the children',
  options,
  choose: (candidates, random, { share }) =>
    [...random.shuffle([...candidates.keys()])].slice(
      0,
      Math.max(1, Math.ceil(share * candidates.length - 1e-9)),
    ),
});
