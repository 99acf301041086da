import { InputError, type Problem, placeText } from '../../errors.ts';
import type { ConfigSource } from '../config-source.ts';
import type { Path } from '../yaml-document.ts';

/** The problems of an InputError, at a path of the config. */
export function problemsFrom(
  error: unknown,
  path: Path,
  problem: ConfigSource['problem'],
): Problem[] {
  if (!(error instanceof InputError)) throw error;
  return error.problems.map(({ place, found, advice }) =>
    problem(path, place ? `${placeText(place)}: ${found}` : found, advice),
  );
}
