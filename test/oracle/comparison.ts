import { expect } from 'vitest';
import type { Answer, Call } from './ask-byzfl.ts';

/** A call of byzfl's, and what has to hold of its answer. */
export interface Comparison {
  /** Comparisons of one title are one test. */
  title: string;
  /** Which of them, for a failure's message. */
  what: string;
  call: Call;
  check(answer: Answer, what: string): void;
}

/** Fails unless both are as many vectors, each within 1e-5 of the other's norm. */
export function expectNear(ours: readonly Float32Array[], answer: Answer, what: string): void {
  const theirs = vectorsIn(answer, what);
  expect(ours.length, what).toBe(theirs.length);
  for (const [index, vector] of ours.entries()) {
    expect(relativeDistance(vector, theirs[index]!), `${what}, vector ${index}`).toBeLessThan(1e-5);
  }
}

export function vectorsIn(answer: Answer, what: string): Float64Array[] {
  if ('error' in answer) throw new Error(`${what}: byzfl gave ${answer.error}`);
  return answer.vectors;
}

/** The distance as a share of the second one's norm; 0 for two zeros. */
export function relativeDistance(ours: Float32Array, theirs: Float64Array): number {
  let distance = 0;
  let norm = 0;
  for (const [at, x] of theirs.entries()) {
    distance += (ours[at]! - x) ** 2;
    norm += x ** 2;
  }
  return distance === 0 ? 0 : Math.sqrt(distance / norm);
}
