import { defineLoadPolicy } from 'edgemlsim/rules';

export default defineLoadPolicy({
  name: 'elsewhere',
  summary: 'a server that is never in range',
  decide: () => 'elsewhere',
});
