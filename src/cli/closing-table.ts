import { join } from 'node:path';
import { wrapped } from '../report/format/wrapped.ts';
import { failoversText } from '../report/hierarchy/failovers.ts';
import { convergenceText, latencyText } from '../report/hierarchy/tree-table.ts';
import type { OwnMeasure } from '../report/run/own-measures.ts';
import type { RunRecord } from '../report/run/run-record.ts';
import { runTable } from '../report/run/run-table.ts';
import type { RunSummary } from '../run/run-summary.ts';
import { clockTime, percent, quantityText } from './formats.ts';
import type { coloursFor } from './terminal.ts';

/** Why a run ended before its epochs were over, and not because it was asked to. */
const ENDED_EARLY: Record<string, string> = {
  trace: 'the trace was over before the epochs were (mobility.end: stop)',
  stalled: 'nothing was aggregated any more, however often the trace was played',
};

/** Servers, and names of a server's, that are shown before the rest is only counted. */
const MOST_SHOWN = 6;
const NAME_WIDTH = 14;
/** A terminal smaller than this wraps lines itself. */
const LEAST_WIDTH = 40;

/** Sources of the table. */
export interface ClosedRun {
  summary: RunSummary;
  record: RunRecord;
  /** Figures and tables in the run folder. */
  files: readonly string[];
  /** The command that goes on with a run that was stopped; null where there is none. */
  goOn: string | null;
}

type NamedValue = [name: string, value: string];

/** Summary of a run that has ended, in lines of at most `width` characters. */
export function closingTable(
  { summary, record, files, goOn }: ClosedRun,
  { bold, green, yellow }: ReturnType<typeof coloursFor>,
  width = Number.POSITIVE_INFINITY,
): string {
  const early = shortcomings(summary, record);
  const isAsPlanned = summary.status === 'done' && early === '';
  const paint = isAsPlanned ? green : yellow;
  const rows: NamedValue[] = [
    ['status', statusText(summary, early)],
    ...(summary.status === 'stopped' && goOn !== null
      ? [['to go on', goOn] satisfies NamedValue]
      : []),
    ...evaluationRows(summary, record),
    ...workRows(summary, record),
    [
      'time',
      `${clockTime(summary.simTimeS)} simulated, ${summary.wallTimeS.toFixed(1)} s of wall time`,
    ],
    ['handovers', handoversText(summary)],
    ...nonFiniteRows(summary),
    ...failureRows(record.failures),
    ...faultRows(record.faults),
    ...engineRows(record.engine),
    ...waitingRows(summary.waiting),
    ['journal hash', summary.journalHash],
    ['run folder', summary.runDir],
    ...files
      .filter((file) => file.endsWith('.svg'))
      .map((file, index): NamedValue => [index === 0 ? 'figures' : '', join(summary.runDir, file)]),
  ];
  const room = Math.max(LEAST_WIDTH, width) - NAME_WIDTH;
  const lines = rows.flatMap(([name, value]) =>
    wrapped(value, room).map((line, index) => {
      const shown = name === 'status' ? paint(line) : line;
      return `${bold((index === 0 ? name : '').padEnd(NAME_WIDTH))}${shown}`;
    }),
  );
  return `${runTable(record, width)}\n${lines.join('\n')}`;
}

function handoversText({ handovers, pingPongs }: RunSummary): string {
  return pingPongs === 0 ? `${handovers}` : `${handovers}, ${pingPongs} of them ping-pong`;
}

/** Why the run came to less than it was asked for; empty where it did not. */
function shortcomings({ whyUntrained }: RunSummary, { ended }: RunRecord): string {
  return [ENDED_EARLY[ended ?? ''], whyUntrained]
    .filter((why) => typeof why === 'string')
    .join('; ');
}

function statusText({ status, simTimeS }: RunSummary, early: string): string {
  if (early !== '') return `${status}: ${early}`;
  return status === 'stopped' ? `stopped at ${clockTime(simTimeS)}, before its end` : status;
}

/** Metrics of the last evaluation, and when that was where it was not at the run's end. */
function evaluationRows(summary: RunSummary, { rows, simTimeS }: RunRecord): NamedValue[] {
  const last = rows.at(-1);
  if (last === undefined) return [['accuracy', 'there was no evaluation']];
  const isAtEnd = summary.status !== 'stopped' && last.simTimeS === simTimeS;
  const name = isAtEnd ? 'final' : 'last';
  const { accuracy, rmse, loss, attackSuccess, metrics } = summary;
  const when = `at ${clockTime(last.simTimeS)}, when round ${last.round} had ended`;
  return [
    ...(isAtEnd
      ? []
      : [
          [
            'evaluated',
            `last ${last.round === 0 ? 'before the first round' : when}`,
          ] satisfies NamedValue,
        ]),
    rmse.final === null
      ? ['accuracy', `${name} ${percent(accuracy.final)}, best ${percent(accuracy.best)}`]
      : ['RMSE', `${name} ${quantityText(rmse.final)}, best ${quantityText(rmse.best)}`],
    ...metrics.map((metric): NamedValue => ['metric', ownMeasureText(metric, name)]),
    ...(attackSuccess.final === null
      ? []
      : [
          [
            'back door',
            `works on ${percent(attackSuccess.final)} of the items in the ${name} evaluation, on ${percent(attackSuccess.best)} at most`,
          ] satisfies NamedValue,
        ]),
    ['loss', `${name} ${quantityText(loss.final)}`],
  ];
}

function ownMeasureText({ name, final, best, unit, better }: OwnMeasure, when: string): string {
  const of = unit === null ? '' : ` ${unit}`;
  return `${name}: ${when} ${quantityText(final)}${of}, best ${quantityText(best)} (${better} is better)`;
}

/** Rounds; of a tree of models, what its root has merged, and how long knowledge was on its way. */
function workRows({ rounds, updates }: RunSummary, { tree }: RunRecord): NamedValue[] {
  if (tree === null) return [['rounds', `${rounds} (${updates} updates)`]];
  const converged = convergenceText(tree);
  const failovers = failoversText(tree.failovers);
  return [
    ['merges', `${updates} at the root`],
    ...(converged === null ? [] : [['converged', converged] satisfies NamedValue]),
    ['latency', latencyText(tree)],
    ...(failovers === null ? [] : [['failovers', failovers] satisfies NamedValue]),
  ];
}

/** Vectors that were left out, and which rules made NaN or infinities, and how often. */
function nonFiniteRows({ droppedNonFinite: count, nonFiniteResults }: RunSummary): NamedValue[] {
  const facts = nonFiniteResults.map(({ layer, rule, aggregations, of }) => {
    return `${aggregations} of ${of} results of ${rule} in layer ${layer}, though all its vectors were finite`;
  });
  if (count > 0)
    facts.unshift(`${count} vectors with NaN or an infinity were left out of aggregations`);
  return facts.map((fact, index) => [index === 0 ? 'not finite' : '', fact]);
}

/** Nothing where no vector was Byzantine, and kappa where it is known. */
function faultRows({
  layers,
  mostByzantine,
  concentration,
  selectedByzantine,
  meanKappa,
}: RunRecord['faults']): NamedValue[] {
  const attacked = layers.filter(({ sawByzantine }) => sawByzantine > 0);
  const facts = attacked.map(({ layer, exceeded, aggregations }) => {
    return `${exceeded} of ${aggregations} aggregations of layer ${layer} had more Byzantine vectors than its f declares`;
  });
  if (mostByzantine !== null && mostByzantine.share > 0) {
    const { server, share, vectors } = mostByzantine;
    facts.push(
      `at most ${percent(share)} Byzantine in one aggregation: of ${vectors} vectors at ${server}`,
    );
  }
  if (concentration !== null) {
    const { server, share } = concentration;
    facts.push(`on average over time ${percent(share)} of the workers at ${server} were Byzantine`);
  }
  if (selectedByzantine !== null && attacked.length > 0) {
    facts.push(
      `the rule selected a Byzantine vector in ${percent(selectedByzantine)} of its selections`,
    );
  }
  if (meanKappa !== null) facts.push(`mean kappa ${meanKappa.toPrecision(3)}`);
  return facts.map((fact, index) => [index === 0 ? 'faults' : '', fact]);
}

/** No row where nothing failed. */
function failureRows({ crashes, cuts }: RunRecord['failures']): NamedValue[] {
  return crashes + cuts === 0 ? [] : [['failures', `${crashes} crashes, ${cuts} cut links`]];
}

/** No row for the reference engine, the default. */
function engineRows(engine: RunRecord['engine']): NamedValue[] {
  if (engine === null || engine.name === 'reference') return [];
  const { name, leftOut } = engine;
  const others = Object.entries(leftOut).map(
    ([other, why]): NamedValue => ['', `${other} left out: ${why.split('\n')[0]}`],
  );
  return [['engine', name], ...others];
}

/** The servers that wait, and for which nodes, one a row. */
function waitingRows(waiting: RunSummary['waiting']): NamedValue[] {
  const shown = waiting.slice(0, MOST_SHOWN).map((each) => {
    const { server, round, what, has, wants, from, crashed, cut } = each;
    const state = (name: string) => {
      if (crashed?.includes(name)) return `${name} (crashed)`;
      return cut?.includes(name) ? `${name} (cut off)` : name;
    };
    const whom = from.length === 0 ? 'any worker that comes into range' : listed(from.map(state));
    switch (what) {
      case 'recovery':
        return `${server} has crashed`;
      case 'model':
        return `${server} waits for a model from ${whom}`;
      case 'slow-workers':
        return `${server} has enough for round ${round} and waits for ${whom} to finish`;
      default:
        return `${server} has ${has} of ${wants} ${what} for round ${round} and waits for ${whom}`;
    }
  });
  const left = waiting.length - shown.length;
  if (left > 0) shown.push(`${left} more servers: events \`waiting\` of the journal`);
  return shown.map((text, index) => [index === 0 ? 'waiting' : '', text]);
}

function listed(names: readonly string[]): string {
  const left = names.length - MOST_SHOWN;
  const shown = names.slice(0, MOST_SHOWN).join(', ');
  return left > 0 ? `${shown} and ${left} more` : shown;
}
