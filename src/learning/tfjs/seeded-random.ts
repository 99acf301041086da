import { type RandomState, RandomStream } from '../../simulation/random.ts';

/**
 * Calls `body` while Math.random draws from that stream: TensorFlow.js takes the seeds of its
 * initialisers and of dropout from there, and so may a user's model.
 */
export function withRandom<Result>(state: RandomState, body: () => Result): Result {
  const restore = replaceRandom(state);
  try {
    return body();
  } finally {
    restore();
  }
}

let last: Promise<unknown> = Promise.resolve();

/** The same for a promise; one of them at a time, so that they do not take each other's draws. */
export function withRandomUntil<Result>(
  state: RandomState,
  body: () => Promise<Result>,
): Promise<Result> {
  const result = last.then(async () => {
    const restore = replaceRandom(state);
    try {
      return await body();
    } finally {
      restore();
    }
  });
  last = result.catch(() => {});
  return result;
}

function replaceRandom(state: RandomState): () => void {
  const before = Object.getOwnPropertyDescriptor(Math, 'random')!;
  const stream = new RandomStream(state);
  Object.defineProperty(Math, 'random', { ...before, value: () => stream.float() });
  return () => Object.defineProperty(Math, 'random', before);
}
