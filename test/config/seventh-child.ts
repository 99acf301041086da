import { defineParticipants } from 'edgemlsim/rules';

export default defineParticipants({
  name: 'seventh-child',
  summary: 'the seventh child, whether it is there or not',
  choose: () => [7],
});
