import { defineAggregator, z } from 'edgemlsim/rules';
import { meanOf, newVector, norm, productOf } from 'edgemlsim/rules/toolbox';

/** Coordinates that are brought to length at a time. */
const PART = 4096;

/**
 * Zeno++: the mean of the vectors that, brought to the length of the server's own gradient v, promise
 * to lower the loss: <v, x> - rho |x|^2 >= -epsilon, each as x = v's length times its direction.
 *
 * In: n vectors of length d, unchanged. Out: a new one, length d; zeros when all are refused, so the
 * model stays. A zero vector has no direction and stays as it is. It stands any number of Byzantine
 * vectors, f is not looked at; weights are not looked at. The paper's rho is ours times the learning
 * rate, and its server takes one gradient at a time: collect 1.
 * Needs n >= 1 and a reference: the server's own gradient. Cost O(n d). No ties.
 * Source: Xie, Koyejo, Gupta, "Zeno++: robust fully asynchronous SGD", ICML 2020, with c = 1. The
 * authors' program takes |x|^2 before the length is changed: `penalised: received`.
 * Example, v = (3, 4): (6, 8), (-3, -4) -> (3, 4): the other points away from v.
 */
export default defineAggregator({
  name: 'zeno-plus-plus',
  summary: "mean of the vectors that agree with the server's own gradient, at its length",
  minimumInputs: () => 1,
  needsReference: true,
  options: z.object({
    rho: z.number().min(0).default(0.0001).describe("weight of the vector's squared length"),
    epsilon: z.number().min(0).default(0).describe('how much worse than 0 still counts'),
    penalised: z
      .enum(['normalised', 'received'])
      .default('normalised')
      .describe('whose squared length rho weighs: at the length of v, or as it was received'),
  }),
  aggregate: (vectors, { reference }, { rho, epsilon, penalised }) => {
    if (reference === undefined) throw new TypeError('needs a reference');
    const length = norm(reference);
    const lengths = vectors.map(norm);
    const factors = lengths.map((own) => (own === 0 ? 0 : length / own));
    const selected = Array.from(vectors.keys()).filter((index) => {
      const agreement = factors[index]! * productOf(reference, vectors[index]!);
      const counted =
        penalised === 'received' ? lengths[index]! : factors[index]! * lengths[index]!;
      return agreement - rho * counted * counted >= -epsilon;
    });
    const d = reference.length;
    const vector = newVector(d);
    if (selected.length === 0) return { vector, selected };
    // One by one in float64: the factor of a very short vector is no float32 number. Part by part, so
    // that there is never a second copy of all vectors.
    const room = selected.map(() => new Float32Array(Math.min(d, PART)));
    for (let begin = 0; begin < d; begin += PART) {
      const size = Math.min(PART, d - begin);
      const parts = room.map((part) => part.subarray(0, size));
      for (const [place, index] of selected.entries()) {
        const own = vectors[index]!;
        const factor = factors[index]!;
        const part = parts[place]!;
        for (let i = 0; i < size; i += 1) part[i] = own[begin + i]! * factor;
      }
      vector.set(meanOf(parts), begin);
    }
    return { vector, selected };
  },
});
