import { RunError } from '../../errors.ts';
import type { ParticipantCandidate, ParticipantRule } from '../contract/participants.ts';
import type { RandomSource } from '../contract/plain-data.ts';
import { calling } from './calling.ts';
import { type Chosen, named } from './chosen.ts';

/** Indices of the candidates that a rule takes: at least one, each once. Throws RunError for an answer that is none. */
export function chosenAmong(
  chosen: Chosen<ParticipantRule>,
  candidates: readonly ParticipantCandidate[],
  random: RandomSource,
): readonly number[] {
  const { rule, options, timeLimitS } = chosen;
  const who = named('participants', chosen);
  const taken = calling(who, () => rule.choose(candidates, random, options), timeLimitS);
  const isWrong =
    !Array.isArray(taken) ||
    taken.length === 0 ||
    new Set(taken).size < taken.length ||
    taken.some((index) => candidates[index] === undefined);
  if (!isWrong) return taken;
  throw new RunError(
    `${who} chose [${String(taken)}] of ${candidates.length} children: expected at least one index from 0 to ${candidates.length - 1}, each once`,
  );
}
