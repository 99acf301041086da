import { defineTrigger } from 'edgemlsim/rules';

/**
 * Never: due at no time; what is held back travels only with `flush`.
 */
export default defineTrigger({
  name: 'never',
  summary: 'at no time, except for the flush at the end',
  isDue: () => false,
});
