import { InputError, type Problem, placeText } from '../../errors.ts';
import type { ConfigSource } from '../config-source.ts';
import type { Path } from '../yaml-document.ts';

/** What an InputError says, at a path of the config. */
export function told(error: unknown, path: Path, problem: ConfigSource['problem']): Problem[] {
  if (!(error instanceof InputError)) throw error;
  return error.problems.map(({ place, found, advice }) =>
    problem(path, place ? `${placeText(place)}: ${found}` : found, advice),
  );
}
