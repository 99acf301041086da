import type { Problem } from '../../errors.ts';
import type { Trace } from '../../mobility/trace.ts';
import type { Config } from '../config-schema.ts';
import type { ConfigSource } from '../config-source.ts';
import { participantChoice } from '../participant-choice.ts';
import { valueAt } from '../schema-problems.ts';
import type { Path } from '../yaml-document.ts';

/** Settings that are valid and change nothing. `trace`: null of workers that stay. */
export function idleSettings(config: Config, trace: Trace | null, source: ConfigSource): Problem[] {
  return [
    ...laterThanTheEnd(config, trace, source),
    ...moreThanThereAre(config, source),
    ...timesOfGradients(config, source),
  ];
}

/** Failures that happen once, after the latest moment that the run can reach. */
function laterThanTheEnd(
  config: Config,
  trace: Trace | null,
  { problem }: ConfigSource,
): Problem[] {
  const end = latestEnd(config, trace);
  if (end === null) return [];
  return (['crashes', 'cuts'] as const).flatMap((key) =>
    config.faults[key].flatMap(({ atS }, index): Problem[] => {
      if (atS === undefined || atS < end.timeS) return [];
      const found = `${atS} s, but the run ends by ${Number(end.timeS.toFixed(3))} s (${end.why}): it never happens`;
      return [problem(['faults', key, index, 'atS'], found, ['give it an earlier time'])];
    }),
  );
}

/**
 * Failures set for once that a run did not reach, which ended after that many seconds of simulated
 * time: one line each.
 */
export function missedFailures({ faults }: Config, endedS: number): string[] {
  return (['crashes', 'cuts'] as const).flatMap((key) =>
    faults[key].flatMap(({ atS }, index) =>
      atS === undefined || atS <= endedS
        ? []
        : [
            `faults.${key}.${index}.atS: ${atS} s, but the run ended at ${endedS} s: it never happened`,
          ],
    ),
  );
}

/** Null where only results say when it ends. */
function latestEnd(
  { rounds, training, mobility }: Config,
  trace: Trace | null,
): { timeS: number; why: string } | null {
  const isTree = rounds.mode === 'hierarchical';
  const ends = [
    ...(!isTree && training.maximumTimeS !== undefined
      ? [{ timeS: training.maximumTimeS, why: 'training.maximumTimeS' }]
      : []),
    ...(trace !== null && mobility.end === 'stop'
      ? [{ timeS: trace.spanUs / 1e6, why: 'mobility.end is stop' }]
      : []),
  ];
  return ends.sort((a, b) => a.timeS - b.timeS)[0] ?? null;
}

/** A number of participants above that of the children, where the tree fixes it: all take part. */
function moreThanThereAre(config: Config, { problem }: ConfigSource): Problem[] {
  return Object.entries(config.layers).flatMap(([name, layer]): Problem[] => {
    if (layer === undefined || !('participants' in layer)) return [];
    const { count } = participantChoice(layer.participants).options;
    const most = mostChildren(config, name);
    if (typeof count !== 'number' || most === null || count <= most) return [];
    const found = `${count} participants, but no server of the layer has more than ${most} children: all take part`;
    return [problem(['layers', name, 'participants'], found, [`expected at most ${most}, or all`])];
  });
}

/** Null where workers come and go. */
function mostChildren({ servers, mobility }: Config, layer: string): number | null {
  const own = [
    ...servers.flatMap(({ id, layer: one }) => (one === layer ? [id] : [])),
    ...(layer === 'cloud' ? ['cloud'] : []),
  ];
  const numbers = own.map((id) => servers.filter(({ parent }) => parent === id).length);
  if (own.length === 0) return null;
  if (!numbers.includes(0)) return Math.max(...numbers);
  if (mobility.model !== 'static') return null;
  // Blocks of workers are equal but for one.
  const leaves = servers.filter(({ id }) => servers.every(({ parent }) => parent !== id));
  const block = Math.ceil(mobility.workers.count / Math.max(1, leaves.length));
  return Math.max(block, ...numbers);
}

/** Workers of a tree of models train windows, whose items take their own time. */
function timesOfGradients({ rounds }: Config, { value, problem }: ConfigSource): Problem[] {
  if (rounds.mode !== 'hierarchical') return [];
  return ['gradientS', 'gradientSByKind'].flatMap((key): Problem[] => {
    const path: Path = ['layers', 'worker', key];
    if (valueAt(value, path) === undefined) return [];
    const found = 'has no effect: workers of a tree of models train windows';
    return [problem(path, found, ['set layers.worker.speedMflops, or leave it out'], 'key')];
  });
}
