import { defineTrigger } from 'edgemlsim/rules';

/**
 * After a push: due when the node sends its change at this window or merge, whatever made it send. The flush
 * at the end asks for nothing. For `pull` only.
 */
export default defineTrigger({
  name: 'after-push',
  summary: 'after every push (pull only)',
  isDue: ({ sends = false }) => sends,
});
