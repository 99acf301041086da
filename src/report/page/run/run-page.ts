import { shellWords } from '../../../shell-words.ts';
import type { RunFacts } from '../../run/run-facts.ts';
import { citation } from '../citation.ts';
import { textFromHere } from '../from-here.ts';
import { methodsOf } from '../methods.ts';
import type { Figure, LeftOut, ReportPage } from '../page.ts';
import { provenanceTable } from '../provenance.ts';
import { type RunFiles, readRunFiles } from '../run-files.ts';
import { accuracyFigure } from './accuracy.ts';
import { byzantineShareFigure } from './byzantine-share.ts';
import { classAccuracyFigure } from './class-accuracy.ts';
import { contactsFigure } from './contacts.ts';
import { lossFigure } from './loss.ts';
import { mapFigure, type ReportedMap } from './map.ts';
import { participationFigure } from './participation.ts';
import { presenceFigure } from './presence.ts';
import { selectionFigure } from './selection.ts';
import { stalenessFigure } from './staleness.ts';
import { runSummary } from './summary.ts';
import { runTables } from './tables.ts';
import { treeFigure } from './tree.ts';
import { treeAccuracyFigure } from './tree-accuracy.ts';

/** The figures of a run's report, in their order. */
const FIGURES: ((facts: RunFacts, map: ReportedMap) => Promise<Figure | LeftOut>)[] = [
  accuracyFigure,
  lossFigure,
  classAccuracyFigure,
  byzantineShareFigure,
  selectionFigure,
  participationFigure,
  stalenessFigure,
  presenceFigure,
  contactsFigure,
  treeFigure,
  treeAccuracyFigure,
  mapFigure,
];

/** The report of one run, from its journal and the files beside it; `map`: from those it names. */
export async function runPage(facts: RunFacts, map: ReportedMap): Promise<ReportPage> {
  const { runDir, record } = facts;
  const files = readRunFiles(runDir);
  const figures: (Figure | LeftOut)[] = [];
  for (const figure of FIGURES) figures.push(await figure(facts, map));
  const version = files.provenance?.version ?? null;
  return {
    kind: 'run',
    title: record.name === '' ? runDir : record.name,
    facts: [
      `seed ${record.seed}`,
      `status ${files.status ?? 'unknown'}`,
      ...(version === null ? [] : [`edgemlsim ${version}`]),
      ...(record.engine === null ? [] : [`engine ${record.engine.name}`]),
    ],
    summary: runSummary(facts),
    figures,
    tables: runTables(facts),
    methods:
      files.config === null
        ? ['The run folder has no config.resolved.yaml, so the methods cannot be described.']
        : methodsOf(files.config, version),
    commands: commands(runDir, record, files),
    documents:
      files.configText === null
        ? []
        : [
            {
              title: 'The config of this run, with every default: config.resolved.yaml',
              text: textFromHere(files.configText),
            },
          ],
    provenance: provenanceTable(files.provenance, [['journal hash', record.extent.hash]]),
    citation: citation(version),
  };
}

function commands(
  runDir: string,
  { seed }: RunFacts['record'],
  { provenance }: RunFiles,
): ReportPage['commands'] {
  const used = provenance?.commandLine ?? [];
  // The first word is a path of the program.
  const given =
    used.length > 1 ? [['The command of this run', ['edgemlsim', ...used.slice(1)]] as const] : [];
  const list = [
    ...given,
    [
      'Runs the same again, from the config below',
      ['edgemlsim', 'run', `${runDir}/config.resolved.yaml`, '--seed', `${seed}`],
    ] as const,
    ['Makes this report again', ['edgemlsim', 'report', runDir]] as const,
  ];
  return list.map(([does, words]) => ({ does, command: shellWords(words) }));
}
