import { configDifferences } from '../../../config-differences.ts';
import { counted } from '../../format/words.ts';
import type { CostToReach } from '../../run/reached.ts';
import { studyColumns } from '../../study/study-columns.ts';
import type { StudyFacts } from '../../study/study-report.ts';
import type { ArmReached, ArmSummary } from '../../study/study-summary.ts';
import { type ColumnOf, columnTable, dataTable, type NamedTable } from '../page.ts';
import { configValueText } from '../settled-config.ts';
import type { ArmFiles } from './arm-files.ts';

/** The tables of a study's report. */
export function studyTables(facts: StudyFacts, files: readonly ArmFiles[]): NamedTable[] {
  const { results, arms, options, missing } = facts;
  const varied = variedTable(files);
  return [
    {
      ...{ id: 'arms', title: 'Arms' },
      caption: `Means of each arm over seeds of the values of its runs; final values are means of the last ${counted(options.window, 'evaluation')}.`,
      data: dataTable(arms, armColumns(facts)),
    },
    ...reachedTables(arms),
    ...(varied === null ? [] : [varied]),
    {
      ...{ id: 'runs', title: 'Runs' },
      caption: 'Every run that counts, with its folder and the hash of its journal.',
      data: columnTable(
        results,
        studyColumns(Object.keys(results[0]?.levels ?? {}), options.reach),
      ),
    },
    ...(missing.length === 0 ? [] : [missingTable(missing)]),
  ];
}

type ReachedArm = Pick<ArmSummary, 'arm' | 'runs'> & { of: ArmReached };

/** None where no run reached any of the accuracies. */
function reachedTables(arms: readonly ArmSummary[]): NamedTable[] {
  const rows = arms.flatMap(({ arm, runs, reached }) => reached.map((of) => ({ arm, runs, of })));
  if (rows.every(({ of }) => of.runs === 0)) return [];
  const mean = (name: keyof CostToReach, meaning: string, unit: string) =>
    [name, 'number', meaning, ({ of }) => of[name]?.mean, unit] satisfies ColumnOf<ReachedArm>;
  return [
    {
      ...{ id: 'reached', title: 'Cost of reaching an accuracy' },
      caption:
        'Means over seeds up to the first evaluation with at least that accuracy, only where every run of the arm reached it: runs that did not are censored, and a mean over the others would flatter.',
      data: dataTable(rows, [
        ['arm', 'text', 'arm', ({ arm }) => arm],
        ['accuracy', 'number', 'that is to be reached', ({ of }) => of.accuracy, 'share'],
        ['reached', 'integer', 'runs that did', ({ of }) => of.runs],
        ['censored', 'integer', 'runs that did not', ({ runs, of }) => runs - of.runs],
        mean('simTimeS', 'simulated time', 's'),
        mean('updates', 'made by the root', 'updates'),
        mean('gradients', 'aggregated at their servers', 'gradients'),
        mean('bytes', 'of vectors', 'bytes'),
        mean('energyJ', 'drawn by the nodes of layers with `power`; empty without', 'J'),
      ]),
    },
  ];
}

function missingTable(missing: StudyFacts['missing']): NamedTable {
  return {
    ...{ id: 'missing', title: 'Runs that are missing' },
    caption: 'Planned runs that do not count, as they have not come to their end.',
    data: dataTable(missing, [
      ['arm', 'text', 'arm', ({ arm }) => arm],
      ['seed', 'integer', 'seed', ({ seed }) => seed],
      ['state', 'text', 'as `study status` has it', ({ state }) => state],
      ['reason', 'text', 'why it failed, or is not this run', ({ reason }) => reason],
      ['folder', 'text', "its folder, within the study's", ({ folder }) => folder],
    ]),
  };
}

function armColumns({ verdicts }: StudyFacts): ColumnOf<ArmSummary>[] {
  const { measure } = verdicts;
  const mean = (name: keyof ArmSummary['measures'], meaning: string, unit: string | null = null) =>
    [
      name,
      'number',
      meaning,
      (arm) => arm.measures[name]?.mean,
      unit,
    ] satisfies ColumnOf<ArmSummary>;
  return [
    ['arm', 'text', 'arm', ({ arm }) => arm],
    ['runs', 'integer', 'that have finished', ({ runs }) => runs],
    ['diverged', 'integer', 'runs whose loss left the finite numbers', ({ diverged }) => diverged],
    [
      'untrained',
      'integer',
      'runs in which no update changed the model',
      ({ untrained }) => untrained,
    ],
    mean(measure, 'final value'),
    mean('loss', 'final loss'),
    mean('exceeded', 'aggregations with more Byzantine vectors than declared', 'share'),
    mean(
      'selectedByzantine',
      'aggregations in which a selecting rule selected a Byzantine vector',
      'share',
    ),
    mean('wasted', 'gradients that were dropped or lost', 'share'),
    mean('staleness', 'of results at the root', 'versions'),
    mean('handovers', 'of workers between servers'),
    mean('updates', 'of the model'),
    mean('simTimeS', 'simulated time', 's'),
  ];
}

/** Differences of the arms' configs; null where nothing is known of them. */
function variedTable(files: readonly ArmFiles[]): NamedTable | null {
  const known = files.filter(({ files: { config } }) => config !== null);
  const paths = configDifferences(known.map(({ files: { config } }) => config)).filter(
    ({ path }) => path !== 'name' && path !== 'seed',
  );
  if (paths.length === 0) return null;
  return {
    ...{ id: 'varied', title: 'Settings that differ between arms' },
    caption:
      'Paths of the config in which arms differ, and the value of each arm; all else is the same.',
    data: dataTable(
      known.map(({ arm, variant }, index) => ({ arm, variant, index })),
      [
        [
          'arm',
          'text',
          'arm',
          ({ arm, variant }) => (variant === null ? arm : `${arm}, ${variant}`),
        ],
        ...paths.map(
          ({ path, values }): ColumnOf<{ index: number }> => [
            path,
            'text',
            'value in the config of this arm',
            ({ index }) => configValueText(values[index]),
          ],
        ),
      ],
    ),
  };
}
