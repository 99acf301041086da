import { defineRadioModel, z } from 'edgemlsim/rules';
import { log10 } from 'edgemlsim/rules/toolbox';

const options = z.object({ wallDb: z.number().default(12) });

export default defineRadioModel<z.output<typeof options>>({
  name: 'behind-a-wall',
  summary: 'free space, and a wall all around the server at 30 m',
  options,
  lossDb: ({ distanceM, frequencyGHz }, { wallDb }) =>
    32.45 + 20 * log10(distanceM * frequencyGHz) + (distanceM > 30 ? wallDb : 0),
});
