import { defineDataAttack, z } from 'edgemlsim/rules';
import { scaled } from 'edgemlsim/rules/toolbox';

/** A Byzantine worker learns from inputs that are too dark by a factor. */
export default defineDataAttack({
  kind: 'data',
  name: 'dimmed',
  summary: 'trains on inputs times a factor',
  knowledge: 'data',
  options: z.object({
    factor: z.number().default(0.1).describe('what every input is multiplied by'),
  }),
  poison: ({ inputs, labels }, _context, { factor }) => ({
    inputs: scaled(inputs, factor),
    labels,
  }),
});
