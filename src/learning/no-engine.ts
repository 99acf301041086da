import type { Engine } from './engine.ts';

/** For servers that only combine vectors of that length. Throws whenever it is asked for more. */
export function noEngine(dimension: number): Engine {
  const refuse = (): never => {
    throw new Error('there is no engine where vectors are only put together');
  };
  return { parameters: [], dimension, gradient: refuse, evaluate: refuse };
}
