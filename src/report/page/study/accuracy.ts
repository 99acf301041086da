import { inSentence } from '../../format/words.ts';
import { shownMetric } from '../../run/shown-metric.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import type { Figure, LeftOut } from '../page.ts';
import { curvesFigure } from './curves.ts';
import { armPanels } from './series.ts';

/** Panels of conditions beside which there is room for more axes than one. */
const FEW_PANELS = 3;

/** Accuracy, or a regression's error, over simulated time; of few conditions over more. */
export function accuracyCurves(facts: StudyFacts): Promise<Figure | LeftOut> {
  const metric = shownMetric(facts.results.flatMap(({ rows }) => rows));
  const panels = armPanels(facts)?.length ?? 0;
  const axes = panels <= FEW_PANELS ? AXES : AXES.slice(0, 1);
  return curvesFigure(facts, {
    ...{ id: metric.key, title: `${metric.title} over the runs`, metric, axes },
    caption: `${metric.title} of the root's model over ${inSentence(axes.map(({ words }) => words))}: each arm's mean over its seeds, with the 95 % interval (Student's t) as a band. A curve ends where the first of its runs ended.${axes.length > 1 ? ` Bytes are those of the vectors that were aggregated, at 4 a parameter; in a tree of models those of all updates and models that were sent.` : ''}`,
  });
}

const AXES = [
  { axis: 'simTimeS', title: 'Simulated time (s)', words: 'simulated time' },
  { axis: 'updates', title: 'Updates of the model', words: 'updates of the model' },
  { axis: 'gradients', title: 'Aggregated gradients', words: 'aggregated gradients' },
  { axis: 'bytes', title: 'Bytes', words: 'bytes' },
] as const;
