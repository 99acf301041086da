import { defineAggregator, type PlainData, z } from 'edgemlsim/rules';
import {
  combinationOf,
  copyOf,
  exp,
  newVector,
  norm,
  squaredDistance,
} from 'edgemlsim/rules/toolbox';

/** Memory of the filters between gradients. */
type Memory = {
  /** The gradient that was accepted last, and the length of the result it was part of. */
  readonly gradient: Float32Array;
  readonly step: number;
  /** By sender: its newest Lipschitz coefficient. */
  readonly coefficients: { readonly [sender: string]: number };
  /** Senders of the last 2 f accepted gradients. */
  readonly accepted: readonly number[];
};

/**
 * Kardam: two filters for asynchronous rounds, then the mean of what passes, dampened by staleness.
 *
 * In: n vectors of length d, unchanged, one after the other. Out: a new one, length d; zeros when
 * none passes. The Lipschitz filter compares a gradient with the one that was accepted last:
 * K = |g - g'| / |step|, the step being the server's previous result (the learning rate, the same in
 * all, is left out). It passes if K is at most the (n' - f)-th smallest of the newest K of each of
 * the n' senders seen. The frequency filter lets 2 f + 1 gradients in a row pass only from different
 * senders, so that f + 1 of them are honest. Until more than 2 f senders were seen all pass. A gradient
 * that is s versions behind counts exp(-alpha s). Weights are not looked at.
 * Needs n >= 1; it stands f of 3 f + 1 senders over time. Cost O(n d). Ties pass.
 * Source: Damaskinos et al., "Asynchronous Byzantine machine learning (the case of SGD)", ICML 2018.
 * There each gradient makes a step of its own: collect 1. The authors' program also accepts one after
 * as many refusals in a row as there are workers; here a refused K joins the others, so that f of
 * n' at most are refused for long.
 * Example, f = 0: it is the dampened mean.
 */
export default defineAggregator({
  name: 'kardam',
  summary: 'mean of the gradients that change no faster than most, dampened by staleness',
  minimumInputs: () => 1,
  countsSenders: true,
  options: z.object({
    alpha: z.number().min(0).default(0.2).describe('of the dampening exp(-alpha staleness)'),
    frequency: z.boolean().default(true).describe('whether the frequency filter is used'),
  }),
  aggregate: (vectors, { f, senders, staleness, state }, { alpha, frequency }) => {
    const memory = isMemory(state) ? state : null;
    const coefficients = { ...memory?.coefficients };
    let accepted = memory?.accepted ?? [];
    const selected: number[] = [];
    for (const [index, vector] of vectors.entries()) {
      const sender = senders?.[index] ?? index;
      coefficients[sender] = coefficientOf(vector, memory);
      const known = Object.values(coefficients);
      const isStarting = known.length <= 2 * f;
      const bound = isStarting ? Number.POSITIVE_INFINITY : nthSmallest(known, known.length - f);
      const isFrequent = frequency && !isStarting && accepted.includes(sender);
      if (coefficients[sender] > bound || isFrequent) continue;
      selected.push(index);
      accepted = [...accepted, sender].slice(Math.max(0, accepted.length + 1 - 2 * f));
    }
    const d = vectors[0]!.length;
    if (selected.length === 0) {
      const kept = memory === null ? null : { ...memory, coefficients };
      return { vector: new Float32Array(d), selected, state: kept };
    }
    const shares = selected.map(
      (index) => exp(-alpha * (staleness?.[index] ?? 0)) / selected.length,
    );
    const passed = selected.map((index) => vectors[index]!);
    const vector = combinationOf(passed, shares, newVector(d));
    const gradient = copyOf(passed.at(-1)!);
    return { vector, selected, state: { gradient, step: norm(vector), coefficients, accepted } };
  },
});

/** 0 before anything was accepted, or without any change. */
function coefficientOf(vector: Float32Array, memory: Memory | null): number {
  if (memory === null) return 0;
  const change = Math.sqrt(squaredDistance(vector, memory.gradient));
  // After a step of no length at all the model is the same, and so should the gradient be.
  return change === 0 ? 0 : Math.min(change / memory.step, Number.MAX_VALUE);
}

function nthSmallest(values: readonly number[], n: number): number {
  return [...values].sort((a, b) => a - b)[n - 1]!;
}

function isMemory(state: PlainData): state is Memory {
  return state !== null && typeof state === 'object' && 'gradient' in state;
}
