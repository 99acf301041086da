import type { SimulatedLine } from '../../journal/events.ts';
import { type Column, csvOf } from '../format/columns.ts';
import { grouped } from '../format/grouped.ts';

/** Accuracies that differ by no more count as the same: one point. */
const CONVERGED_WITHIN = 0.01;

/** One evaluation of a node's model. */
interface Measured {
  node: string;
  simTimeS: number;
  accuracy: number;
  /** By label: the share of its items that are recognised. */
  recalls: number[];
}

/** How accurate a node's model was, beside the cloud's then. */
export interface AccuracyRow extends Measured {
  /** The cloud's accuracy then less this one; null before the cloud was measured. */
  lag: number | null;
  /** The same by label. */
  lags: (number | null)[];
}

/** Accuracy of one node over a run. */
export interface AccuracyFacts {
  final: number;
  best: number;
  finalLag: number | null;
  /** First time from which it stays within one point of its final value. */
  convergedS: number;
}

/** Follows the accuracy of every node that is measured. */
export class AccuracyTally {
  readonly #measured: Measured[] = [];
  #root = '';

  add(line: SimulatedLine): void {
    if (line.type === 'run-started') {
      this.#root = line.servers.find(({ parent }) => parent === null)?.id ?? '';
    } else if (line.type === 'evaluated' && line.accuracy !== undefined) {
      const { server: node, timeUs, accuracy, perClass = [] } = line;
      const recalls = perClass.map(({ recall }) => recall);
      this.#measured.push({ node, simTimeS: timeUs / 1e6, accuracy, recalls });
    }
  }

  /** In the order of the journal. */
  rows(): AccuracyRow[] {
    const cloud = this.#measured.filter(({ node }) => node === this.#root);
    let next = 0;
    return this.#measured.map((measured): AccuracyRow => {
      // Its evaluation at the same time counts, wherever it stands.
      while (next < cloud.length && cloud[next]!.simTimeS <= measured.simTimeS) next += 1;
      const then = cloud[next - 1];
      return {
        ...measured,
        lag: then === undefined ? null : then.accuracy - measured.accuracy,
        lags: measured.recalls.map((recall, label) => {
          const cloudRecall = then?.recalls[label];
          return cloudRecall === undefined ? null : cloudRecall - recall;
        }),
      };
    });
  }
}

/** By node. */
export function accuracyFacts(rows: readonly AccuracyRow[]): Map<string, AccuracyFacts> {
  const byNode = grouped(rows, (row) => row.node);
  return new Map([...byNode].map(([node, own]) => [node, factsOf(own)]));
}

function factsOf(rows: readonly AccuracyRow[]): AccuracyFacts {
  const { accuracy: final, lag: finalLag } = rows.at(-1)!;
  // Rounding must not move an accuracy that is one point away.
  const isFar = ({ accuracy }: AccuracyRow) => Math.abs(accuracy - final) > CONVERGED_WITHIN + 1e-9;
  const { simTimeS: convergedS } = rows[rows.findLastIndex(isFar) + 1]!;
  return {
    final,
    best: rows.reduce((best, { accuracy }) => Math.max(best, accuracy), 0),
    finalLag,
    convergedS,
  };
}

/** One label in one evaluation. */
type LabelRow = Pick<AccuracyRow, 'node' | 'simTimeS'> & {
  label: number;
  recall: number;
  lag: number | null;
};

const node: Column<{ node: string }> = {
  name: 'node',
  type: 'text',
  unit: null,
  meaning: 'whose model is measured',
  value: (row) => row.node,
};
const simTime: Column<{ simTimeS: number }> = {
  name: 'sim_time_s',
  type: 'number',
  unit: 's',
  meaning: 'simulated time',
  value: (row) => row.simTimeS,
};
const lag: Column<{ lag: number | null }> = {
  name: 'lag',
  type: 'number',
  unit: 'share',
  meaning: "the cloud's value at its last evaluation until then, less this one",
  value: (row) => row.lag,
};

export const accuracyColumns: readonly Column<AccuracyRow>[] = [
  node,
  simTime,
  {
    name: 'accuracy',
    type: 'number',
    unit: 'share',
    meaning: 'items whose class is recognised',
    value: (row) => row.accuracy,
  },
  lag,
];

export const labelColumns: readonly Column<LabelRow>[] = [
  node,
  simTime,
  {
    name: 'label',
    type: 'integer',
    unit: null,
    meaning: 'class, from 0',
    value: (row) => row.label,
  },
  {
    name: 'recall',
    type: 'number',
    unit: 'share',
    meaning: 'items of the class that are recognised',
    value: (row) => row.recall,
  },
  lag,
];

/** accuracy.csv: one line an evaluation of a node. */
export function accuracyCsv(rows: readonly AccuracyRow[]): string {
  return csvOf(accuracyColumns, rows);
}

/** labels.csv: one line a label in an evaluation of a node. */
export function labelsCsv(rows: readonly AccuracyRow[]): string {
  const ofLabels = rows.flatMap(({ node, simTimeS, recalls, lags }) =>
    recalls.map((recall, label) => ({ node, simTimeS, label, recall, lag: lags[label]! })),
  );
  return csvOf(labelColumns, ofLabels);
}
