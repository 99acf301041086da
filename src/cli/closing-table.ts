import { join } from 'node:path';
import type { RunSummary } from '../experiment/run-summary.ts';
import type { RunRecord } from '../report/run-record.ts';
import { runTable } from '../report/run-table.ts';
import type { coloursFor } from './colours.ts';
import { clockTime, percent, quantityText, table } from './formats.ts';

/** Why a run ended before its epochs were over, and not because it was told to. */
const ENDED_EARLY: Record<string, string> = {
  trace: 'the trace was over before the epochs were (mobility.end: stop)',
  stalled: 'nothing was aggregated any more, however often the trace was played',
};

/** Servers, and names of a server's, that are told before the rest is only counted. */
const MOST_TOLD = 6;

/** What a user wants to know when a run has ended. */
export function closingTable(
  run: RunSummary,
  record: RunRecord,
  { bold, green, yellow }: ReturnType<typeof coloursFor>,
): string {
  const { final, best } = run.accuracy;
  const early = [ENDED_EARLY[record.ended ?? ''], run.whyUntrained]
    .filter((why) => typeof why === 'string')
    .join('; ');
  const isAsPlanned = run.status === 'done' && early === '';
  const status = early === '' ? run.status : `${run.status}: ${early}`;
  const rows: [string, string][] = [
    ['status', isAsPlanned ? green(status) : yellow(status)],
    run.rmse.final === null
      ? ['accuracy', `final ${percent(final)}, best ${percent(best)}`]
      : ['RMSE', `final ${quantityText(run.rmse.final)}, best ${quantityText(run.rmse.best)}`],
    ...backDoorRows(run.attackSuccess),
    ['loss', quantityText(run.loss.final)],
    ['rounds', `${run.rounds} (${run.updates} updates)`],
    ['time', `${clockTime(run.simTimeS)} simulated, ${run.wallTimeS.toFixed(1)} s of wall time`],
    [
      'gradients',
      `${run.gradients} started, ${run.computed} computed, ${run.dropped} dropped, ${run.lost} lost`,
    ],
    ['', `${run.droppedNonFinite} vectors not finite, ${run.handovers} handovers`],
    ...nonFiniteRows(run.nonFiniteResults),
    ...failureRows(record.failures),
    ...faultRows(record.faults),
    ...engineRows(record.engine),
    ...waitingRows(run.waiting),
    ['journal hash', run.journalHash],
    ['run folder', run.runDir],
    ['plot', join(run.runDir, 'plot.svg')],
  ];
  const facts = table(rows.map(([name, value]) => [bold(name.padEnd(12)), value]));
  return `${runTable(record)}\n${facts}`;
}

function backDoorRows({ final, best }: RunSummary['attackSuccess']): [string, string][] {
  if (final === null) return [];
  return [['back door', `lets ${percent(final)} through at the end, ${percent(best)} at most`]];
}

/** Which rules made NaN or infinities, and how often. */
function nonFiniteRows(results: RunSummary['nonFiniteResults']): [string, string][] {
  return results.map(({ layer, rule, aggregations, of }, index) => [
    index === 0 ? 'not finite' : '',
    `${aggregations} of ${of} results of ${rule} in layer ${layer}, though all its vectors were finite`,
  ]);
}

/** Nothing where nobody was faulty, and kappa where it is known. */
function faultRows(faults: RunRecord['faults']): [string, string][] {
  const { exceeded, mostFaulty, concentration, tookFaulty, meanKappa } = faults;
  const facts: string[] = [];
  if (mostFaulty !== null && mostFaulty.share > 0) {
    const { server, share, vectors } = mostFaulty;
    facts.push(`more faulty vectors than declared in ${percent(exceeded)} of aggregations`);
    facts.push(`at most ${percent(share)} faulty, of ${vectors} vectors at ${server}`);
  }
  if (concentration !== null) {
    const { server, share } = concentration;
    facts.push(`${percent(share)} of the workers at ${server} faulty, on average over time`);
  }
  if (tookFaulty !== null && mostFaulty !== null && mostFaulty.share > 0) {
    facts.push(`a faulty vector taken in ${percent(tookFaulty)} of selections`);
  }
  if (meanKappa !== null) facts.push(`mean kappa ${meanKappa.toPrecision(3)}`);
  return facts.map((fact, index) => [index === 0 ? 'faults' : '', fact]);
}

/** Where nothing can fail, nothing need be said of it. */
function failureRows({ crashes, cuts }: RunRecord['failures']): [string, string][] {
  return crashes + cuts === 0 ? [] : [['failures', `${crashes} crashes, ${cuts} cut links`]];
}

/** Of the reference engine nothing need be said. */
function engineRows(engine: RunRecord['engine']): [string, string][] {
  if (engine === null || engine.name === 'reference') return [];
  const { name, leftOut } = engine;
  const others = Object.entries(leftOut).map(([other, why]): [string, string] => [
    '',
    `${other} left out: ${why.split('\n')[0]}`,
  ]);
  return [['engine', name], ...others];
}

/** Who waits for whom, one server a row. */
function waitingRows(waiting: RunSummary['waiting']): [string, string][] {
  const told = waiting.slice(0, MOST_TOLD).map((each) => {
    const { server, round, what, has, wants, from, crashed, cut } = each;
    const state = (name: string) => {
      if (crashed?.includes(name)) return `${name} (crashed)`;
      return cut?.includes(name) ? `${name} (cut off)` : name;
    };
    const whom = from.length === 0 ? 'whoever comes into range' : listed(from.map(state));
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
  const left = waiting.length - told.length;
  if (left > 0) told.push(`${left} more servers: events \`waiting\` of the journal`);
  return told.map((text, index) => [index === 0 ? 'waiting' : '', text]);
}

function listed(names: readonly string[]): string {
  const left = names.length - MOST_TOLD;
  const told = names.slice(0, MOST_TOLD).join(', ');
  return left > 0 ? `${told} and ${left} more` : told;
}
