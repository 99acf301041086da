import { counted } from '../format/words.ts';
import type { StudyResult } from './study-runs.ts';

/**
 * Says so where runs have fewer evaluations than a final value is the mean of: it is one over most of the
 * training then. Null where none has.
 */
export function shortRunsText(
  results: readonly Pick<StudyResult, 'rows' | 'untrained'>[],
  window: number,
): string | null {
  const counts = results
    .filter(({ untrained }) => !untrained)
    .map(({ rows }) => rows.filter(({ updates }) => updates > 0).length);
  const short = counts.filter((count) => count < window);
  if (short.length === 0) return null;
  const fewest = counted(Math.min(...short), 'evaluation');
  return `${short.length} of ${results.length} runs have fewer than ${window} evaluations of a trained model (the fewest: ${fewest}): their final values are means from the first one on. report.window of a study's file sets how many are taken.`;
}
