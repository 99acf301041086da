import type { EndReason } from '../../../journal/reasons.ts';
import { counted, inSentence, percentText } from '../../format/words.ts';
import type { RunFacts } from '../../run/run-facts.ts';
import type { RunRecord } from '../../run/run-record.ts';
import { whyUntrained } from '../../run/why-untrained.ts';

const ENDED: Record<EndReason, string> = {
  epochs: 'all epochs were trained',
  rounds: 'all rounds were done',
  windows: 'all windows were trained on',
  time: 'the simulated time was over',
  trace: 'the trace was over',
  stalled: 'it stalled: nothing more could reach the root',
  stopped: 'it was stopped',
  lost: 'a process was lost for good',
};

/** Results of a run, a sentence each. */
export function runSummary(facts: RunFacts): string[] {
  const { record } = facts;
  return [
    outcome(record),
    course(record),
    ...work(record),
    ...byzantine(facts),
    ...movement(facts),
    ...failures(record),
    ...record.violations.map((violation) => `The journal contradicts itself: ${violation}.`),
  ];
}

function outcome(record: RunRecord): string {
  const { accuracy, rmse, ended, tree } = record;
  if (ended === null)
    return `This run has not come to its end: what follows is true up to ${seconds(record.simTimeS)} of simulated time.`;
  const why = tree === null ? whyUntrained(record) : null;
  if (why !== null) return `No update changed the model: ${why}.`;
  if (rmse.final !== null)
    return `The final error (RMSE) is ${record.rmse.final}, the least one ${rmse.best?.toPrecision(4) ?? 'unknown'}.`;
  if (accuracy.final === null) return 'The model was never evaluated.';
  const diverged = record.diverged ? ' The loss left the finite numbers: training diverged.' : '';
  return `The final accuracy is ${percentText(accuracy.final)}, the best one ${percentText(accuracy.best!)}.${diverged}`;
}

function course({ ended, rounds, updates, simTimeS, wallTimeS, tree }: RunRecord): string {
  const end = ended === null ? '' : `; it ended because ${ENDED[ended]}`;
  const what =
    tree === null
      ? `${counted(rounds, 'round')} with ${counted(updates, 'update')} of the model`
      : `${counted(tree.nodes.length, 'node')} in a tree`;
  return `The run took ${seconds(simTimeS)} of simulated time (${seconds(wallTimeS)} of computing) for ${what}${end}.`;
}

function work({ gradients, tree }: RunRecord): string[] {
  if (tree !== null) {
    const bytes = tree.links.reduce((sum, { upBytes, downBytes }) => sum + upBytes + downBytes, 0);
    return [`Links of the tree carried ${(bytes / 1e6).toPrecision(3)} MB of vectors.`];
  }
  const { started, aggregated, dropped, lost } = gradients;
  if (started === 0) return [];
  const share = (count: number) => percentText(count / started);
  return [
    `Of ${counted(started, 'gradient')} that workers began ${share(aggregated)} were aggregated, ${share(dropped)} dropped and ${share(lost)} lost.`,
  ];
}

function byzantine({ record, byzantine: nodes }: RunFacts): string[] {
  const { layers, selectedByzantine } = record.faults;
  const seen = layers.filter(({ sawByzantine }) => sawByzantine > 0);
  if (seen.length === 0 && nodes.size === 0) return [];
  const sentences = seen.map(({ layer, aggregations, exceeded }) =>
    exceeded === 0
      ? `No aggregation of layer ${layer} had more Byzantine vectors than its rule is declared to withstand.`
      : `${exceeded} of ${aggregations} aggregations of layer ${layer} had more Byzantine vectors than its rule is declared to withstand.`,
  );
  return [
    ...(nodes.size > 0
      ? [
          `${counted(nodes.size, 'node')} ${nodes.size === 1 ? 'was' : 'were'} Byzantine at some time.`,
        ]
      : []),
    ...sentences,
    ...(selectedByzantine === null
      ? []
      : [
          `The selecting rule selected a Byzantine vector in ${percentText(selectedByzantine)} of its aggregations.`,
        ]),
  ];
}

function movement({ record, contacts }: RunFacts): string[] {
  if (contacts.every(({ isOpen }) => isOpen)) return [];
  const back = record.handoversBack.length;
  return [
    `Workers had ${counted(contacts.length, 'contact')} with servers and ${counted(record.handovers, 'handover')}${back === 0 ? '' : `, ${back} of them back to the server before`}.`,
  ];
}

function failures({ failures: { crashes, cuts }, messagesLost }: RunRecord): string[] {
  const found = [
    ...(crashes === 0 ? [] : [counted(crashes, 'crash', 'crashes')]),
    ...(cuts === 0 ? [] : [counted(cuts, 'cut link')]),
    ...(messagesLost === 0 ? [] : [counted(messagesLost, 'lost message')]),
  ];
  return found.length === 0 ? [] : [`It had ${inSentence(found)}.`];
}

function seconds(time: number): string {
  return `${Number(time.toPrecision(4))} s`;
}
