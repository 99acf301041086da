import type { Contribution } from '#src/rules/running/contribution.js';
import { type IntakeResult, type IntakeStep, intake } from '#src/rules/running/intake.js';

/** Contributions that reached a server, as lists that go together, for tests. */
export interface ArrivedLists
  extends Omit<Parameters<typeof intake>[1], 'contributions' | 'reference'> {
  vectors: readonly Float32Array[];
  byzantine: readonly boolean[];
  finite?: readonly boolean[];
  weights?: readonly number[];
  staleness?: readonly number[];
  senders?: readonly number[];
  reference?: Float32Array;
}

/** The contributions that stand in these lists. */
export function contributionsOf<Vector>(lists: {
  vectors: readonly Vector[];
  byzantine: readonly boolean[];
  finite?: readonly boolean[];
  weights?: readonly number[];
  staleness?: readonly number[];
  senders?: readonly number[];
}): Contribution<Vector>[] {
  const { vectors, byzantine, finite, weights, staleness, senders } = lists;
  return vectors.map((vector, index) => ({
    vector,
    byzantine: byzantine[index]!,
    ...(finite && { finite: finite[index]! }),
    ...(weights && { weight: weights[index]! }),
    ...(staleness && { staleness: staleness[index]! }),
    ...(senders && { sender: senders[index]! }),
  }));
}

export function intakeOf(step: IntakeStep, arrived: ArrivedLists): IntakeResult {
  const { random, state, reference = null } = arrived;
  return intake(step, { contributions: contributionsOf(arrived), reference, random, state });
}
