import type { StudyFacts } from '../../study/study-report.ts';
import type { Figure, LeftOut } from '../page.ts';
import { curvesFigure } from './curves.ts';

/** Mean loss per item over simulated time. */
export async function lossCurves(facts: StudyFacts): Promise<Figure | LeftOut> {
  const diverged = facts.results.filter((result) => result.diverged).length;
  return curvesFigure(facts, {
    ...{ id: 'loss', title: 'Loss over the runs' },
    metric: { key: 'loss', title: 'Loss per item', scale: {}, axis: { tickCount: 5 } },
    caption: `Mean loss per item of the root's model over simulated time, as means over seeds with 95 % intervals.${
      diverged === 0 ? '' : ` ${diverged} runs had a loss that is not finite; it is left out.`
    }`,
    axes: [{ axis: 'simTimeS', title: 'Simulated time (s)' }],
  });
}
