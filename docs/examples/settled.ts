import { defineNumbersTrigger, z } from 'edgemlsim/rules';
import { norm } from 'edgemlsim/rules/toolbox';

/** Due once the change is as long as a share of the model, but not at the first windows or merges. */
export default defineNumbersTrigger({
  name: 'settled',
  summary: 'when the change is long enough, and not at the very beginning',
  options: z.object({
    share: z
      .number()
      .positive()
      .default(0.01)
      .describe('length of the change, in lengths of the model'),
    after: z
      .number()
      .int()
      .min(0)
      .default(1)
      .describe('windows or merges that are never sent alone'),
  }),
  isDue: ({ total }, { change, model }, { share, after }) =>
    total > after && norm(change) >= share * norm(model),
});
