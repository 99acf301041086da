import { defineTrigger } from 'edgemlsim/rules';

/**
 * Every change: due after each window or merge.
 */
export default defineTrigger({
  name: 'every-change',
  summary: 'after every window or merge',
  isDue: () => true,
});
