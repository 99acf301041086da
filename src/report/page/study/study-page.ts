import { join } from 'node:path';
import { shellWords } from '../../../shell-words.ts';
import { counted } from '../../format/words.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import { citation } from '../citation.ts';
import { textFromHere } from '../from-here.ts';
import { methodsOf } from '../methods.ts';
import type { Figure, LeftOut, ReportPage } from '../page.ts';
import { provenanceTable } from '../provenance.ts';
import { settledConfig } from '../settled-config.ts';
import { accuracyCurves } from './accuracy.ts';
import { type ArmFiles, armFiles } from './arm-files.ts';
import { breakdownFigure } from './breakdown.ts';
import { byzantineFigure } from './byzantine.ts';
import { classFigure } from './class-accuracy.ts';
import { contactsOfArms } from './contacts.ts';
import { costDifferencesFigure } from './cost-differences.ts';
import { differencesFigure } from './differences.ts';
import { finalFigure } from './final.ts';
import { heatMapFigure } from './heat-map.ts';
import { lossCurves } from './loss.ts';
import { participationCurves } from './participation.ts';
import { profilesFigure } from './profiles.ts';
import { ranksFigure } from './ranks.ts';
import { stalenessOfArms } from './staleness.ts';
import { studySummary } from './summary.ts';
import { studyTables } from './tables.ts';

/** The figures of a study's report, in their order. */
const FIGURES: ((facts: StudyFacts) => Promise<Figure | LeftOut>)[] = [
  finalFigure,
  differencesFigure,
  costDifferencesFigure,
  heatMapFigure,
  breakdownFigure,
  accuracyCurves,
  lossCurves,
  profilesFigure,
  ranksFigure,
  classFigure,
  byzantineFigure,
  participationCurves,
  stalenessOfArms,
  contactsOfArms,
];

/** The report of a study, from its runs and the files beside their journals. */
export async function studyPage(facts: StudyFacts): Promise<ReportPage> {
  const { name, studyDir, results, arms, options, missing } = facts;
  const files = armFiles(facts);
  const configs = files.flatMap((each) => each.files.config ?? []);
  const version = files[0]?.files.provenance?.version ?? null;
  const figures: (Figure | LeftOut)[] = [];
  for (const figure of FIGURES) figures.push(await figure(facts));
  const seeds = [...new Set(results.map(({ seed }) => seed))];
  return {
    ...{ kind: 'study', title: name },
    facts: [
      counted(arms.length, 'arm'),
      counted(seeds.length, 'seed'),
      counted(results.length, 'run'),
      ...(missing.length === 0 ? [] : [`${missing.length} missing`]),
      ...(version === null ? [] : [`edgemlsim ${version}`]),
    ],
    summary: studySummary(facts),
    figures,
    tables: studyTables(facts, files),
    methods: [
      ...(configs.length === 0 ? [] : methodsOf(settledConfig(configs), version)),
      `${counted(arms.length, 'arm')} of ${counted(seeds.length, 'seed')} each were compared (seeds ${seeds.join(', ')}): the same seed gives every arm the same movement, data and first model, as far as its config lets them be the same. A run's final value is the mean over its last ${counted(options.window, 'evaluation')}; an arm's is the mean over its seeds, with a bootstrap interval (bias-corrected and accelerated, 9 999 resamples). What is marked as varied stands in the table of differences.`,
    ],
    commands: commands(studyDir, files),
    documents: documents(files),
    provenance: provenanceTable(files[0]?.files.provenance ?? null, [
      ['runs', `${results.length}; the table of runs has the hash of each journal`],
    ]),
    citation: citation(version),
  };
}

function documents([first]: readonly ArmFiles[]): ReportPage['documents'] {
  const text = first?.files.configText ?? null;
  if (first === undefined || text === null) return [];
  return [
    {
      title: `The config of the first run of ${first.arm}, with every default`,
      text: textFromHere(text),
    },
  ];
}

/** Runs of which a report has the command: the first one of each arm. */
const MOST_COMMANDS = 60;

function commands(studyDir: string, files: readonly ArmFiles[]): ReportPage['commands'] {
  const runs = files.slice(0, MOST_COMMANDS).map(({ runDir }) => {
    return shellWords(['edgemlsim', 'run', join(runDir, 'config.resolved.yaml')]);
  });
  return [
    { does: 'Makes this report again', command: shellWords(['edgemlsim', 'report', studyDir]) },
    {
      does: 'The first run of each arm again; --seed gives its others',
      command: runs.join('\n'),
    },
  ];
}
