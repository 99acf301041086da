// Runs the benchmarks: `npm run bench`, or `npm run bench -- gradient live`; `--json` too. A name
// stands for all that begin with it and a hyphen, `table` for those with a row in the table of targets,
// which stands at the end.
// Each figure is measured against a named reference in the same run. Nothing here is a test.

import { benchCommandLine } from './command-line.ts';
import { benchShortCommands } from './commands-short.ts';
import { benchContacts } from './contacts-of-many.ts';
import { benchEngines } from './engines.ts';
import { benchEventQueue } from './event-queue.ts';
import { benchFcdReader } from './fcd-reader.ts';
import type { Figure } from './figure.ts';
import { benchGradient } from './gradient.ts';
import { benchAveraging, benchLeaves } from './hierarchy.ts';
import { benchJournal } from './journal.ts';
import { liveBenches } from './live.ts';
import { benchLivePage } from './live-page.ts';
import { benchLivePageClients } from './live-page-clients.ts';
import { benchLivePagePicture } from './live-page-picture.ts';
import { benchManyWorkers } from './many-workers.ts';
import { benchPfl } from './pfl.ts';
import { benchPool } from './pool.ts';
import { benchPublishedTrees } from './published-trees.ts';
import { benchRound } from './round.ts';
import { benchRoundTimeline } from './round-timeline.ts';
import { benchRules } from './rules.ts';
import { benchShortRuns } from './short-runs.ts';
import { benchStudyReport } from './study-report.ts';
import { TABLE_BENCHES, tableOf } from './table.ts';
import { benchTransport } from './transport.ts';
import { benchWholeRun } from './whole-run.ts';

const benches: Record<string, () => Figure[] | Promise<Figure[]>> = {
  'command-line': benchCommandLine,
  'commands-short': benchShortCommands,
  contacts: benchContacts,
  engines: benchEngines,
  'event-queue': benchEventQueue,
  'fcd-reader': benchFcdReader,
  gradient: benchGradient,
  'hierarchy-averaging': benchAveraging,
  'hierarchy-leaves': benchLeaves,
  journal: benchJournal,
  ...liveBenches,
  'live-page': benchLivePage,
  'live-page-clients': benchLivePageClients,
  'live-page-picture': benchLivePagePicture,
  'many-workers': benchManyWorkers,
  pfl: benchPfl,
  pool: benchPool,
  'published-trees': benchPublishedTrees,
  round: benchRound,
  'round-timeline': benchRoundTimeline,
  rules: benchRules,
  'short-runs': benchShortRuns,
  'study-report': benchStudyReport,
  transport: benchTransport,
  'whole-run': benchWholeRun,
};

const wanted = process.argv.slice(2).filter((argument) => argument !== '--json');
const asJson = process.argv.includes('--json');
const isFor = (name: string, bench: string) =>
  name === 'table' ? TABLE_BENCHES.includes(bench) : bench === name || bench.startsWith(`${name}-`);
const unknown = wanted.filter((name) => !Object.keys(benches).some((bench) => isFor(name, bench)));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}

const figures: (Figure & { bench: string })[] = [];
for (const [bench, measure] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.some((name) => isFor(name, bench))) continue;
  for (const figure of await measure()) {
    figures.push({ bench, ...figure });
    if (!asJson) console.log(describe(figure));
  }
}
const table = tableOf(figures);
if (asJson) console.log(JSON.stringify(figures, null, 2));
else if (table !== '') console.log(`\n${table}`);

function describe({ name, value, unit, reference, ratio, target, note }: Figure): string {
  const parts = [
    `${name}: ${value.toPrecision(4)} ${unit}`,
    ...(reference === undefined ? [] : [`against ${reference}`]),
    ...(ratio === undefined ? [] : [`ratio ${ratio.toFixed(2)}`]),
    ...(target === undefined ? [] : [`target: ${target}`]),
    ...(note === undefined ? [] : [note]),
  ];
  return parts.join('; ');
}
