import { basename } from 'node:path';
import { grouped } from '../format/grouped.ts';
import { inSentence } from '../format/words.ts';
import type { SettledConfig } from './settled-config.ts';
import { VARIED } from './settled-config.ts';

/**
 * The method of a run, as the paragraphs of a paper: from the config that was really used.
 * `version`: of the program; null where it is not known.
 */
export function methodsOf(config: SettledConfig, version: string | null): string[] {
  const paragraphs = [
    [system(config, version), movement(config)],
    [learning(config), rounds(config)],
    [...aggregation(config), ...attacks(config)],
    [evaluation(config)],
  ];
  return paragraphs
    .map((sentences) => sentences.filter((each) => each !== null).join(' '))
    .filter(Boolean);
}

function system({ servers, world }: SettledConfig, version: string | null): string {
  const program = version === null ? 'edgemlsim' : `edgemlsim ${version}`;
  const how =
    world === 'live'
      ? `run by ${program} with a process for each node (live world)`
      : `simulated by ${program} with discrete events (virtual world)`;
  if (!Array.isArray(servers)) return `A system of servers and workers was ${how}.`;
  const layers = grouped(servers as { layer?: string }[], ({ layer }) => layer ?? 'edge');
  const parts = [...layers].map(
    ([layer, some]) =>
      `${some.length} ${some.length === 1 ? 'server' : 'servers'} of layer ${layer}`,
  );
  return `A system of ${inSentence(parts)}${layers.has('cloud') ? '' : ' below a cloud'} was ${how}.`;
}

function movement({ mobility, servers }: SettledConfig): string | null {
  if (mobility === undefined) return null;
  const { model, trace, workers, association, radio } = mobility;
  const count = workers?.count === undefined ? 'Its' : `${shown(workers.count)}`;
  if (model === 'static') return `${count} workers did not move.`;
  const way =
    model === 'trace' && trace !== undefined
      ? `followed the traces of ${traceText(trace)}`
      : `moved by the model ${shown(model)}`;
  const policy = typeof association === 'object' ? association.policy : association;
  const ranges = Array.isArray(servers) ? [...new Set(servers.map((server) => server.rangeM))] : [];
  const range =
    radio?.model !== 'range' && radio?.model !== undefined
      ? ` Ranges followed from the radio model ${shown(radio.model)}.`
      : ranges.length === 1 && ranges[0] !== undefined
        ? ` The range of a server was ${shown(ranges[0])} m.`
        : '';
  const join =
    policy === undefined
      ? ''
      : `; in range of several servers a worker joined one by the policy ${shown(policy)}`;
  return `${count} workers ${way}${join}.${range}`;
}

function traceText(trace: string | readonly string[]): string {
  if (trace === VARIED) return 'varied files';
  return inSentence([trace].flat().map((file) => basename(file)));
}

function learning({ data, model, training }: SettledConfig): string | null {
  if (data === undefined || model === undefined) return null;
  const { dataset, partition, owners, batchSize } = data;
  const { kind, layers, activation, loss } = model;
  const name = typeof dataset === 'object' ? dataset.name : dataset;
  const sizes = Array.isArray(layers)
    ? ` (${layers.join('-')}${activation === undefined ? '' : `, ${shown(activation)}`})`
    : '';
  const way = typeof partition === 'object' ? JSON.stringify(partition) : shown(partition);
  const optimiser = training?.optimiser;
  const by = typeof optimiser === 'object' ? shown(optimiser.name).toUpperCase() : shown(optimiser);
  const rate = training?.learningRate;
  const rateText = typeof rate === 'object' ? JSON.stringify(rate) : shown(rate);
  return `The model was ${article(shown(kind))} ${shown(kind)}${sizes}${loss === undefined ? '' : ` with the loss ${shown(loss)}`}, learnt from the dataset ${shown(name)}, whose train items belonged to ${shown(owners)} by the partition ${way}, by ${by} with a learning rate of ${rateText} and batches of ${shown(batchSize)}.`;
}

function rounds({ rounds: of, layers }: SettledConfig): string | null {
  if (of?.mode === undefined) return null;
  const time = layers?.worker?.gradientS;
  const pace = of.pace === undefined ? '' : ` at the pace ${shown(of.pace)}`;
  const gradient = time === undefined ? '' : ` A gradient took a worker ${shown(time)} s.`;
  return `Rounds were ${shown(of.mode)}${pace}.${gradient}`;
}

function aggregation({ layers = {} }: SettledConfig): string[] {
  return Object.entries(layers).flatMap(([layer, { aggregate, collect, deadlineS }]) => {
    if (aggregate?.rule === undefined) return [];
    const { rule, f, before } = aggregate;
    const first = Array.isArray(before)
      ? before.map((each) => each.rule ?? '').filter(Boolean)
      : [];
    const count = typeof collect === 'object' ? (collect.count ?? collect.share) : collect;
    const parts = [
      first.length === 0 ? '' : ` after ${inSentence(first)}`,
      f === undefined || f === 0 ? '' : ` (f = ${shown(f)})`,
      count === undefined ? '' : `, once ${shown(count)} vectors were there`,
      deadlineS === undefined || deadlineS === null ? '' : ` or ${shown(deadlineS)} s were over`,
    ];
    return [`Servers of layer ${layer} aggregated by the rule ${shown(rule)}${parts.join('')}.`];
  });
}

function attacks({ layers = {} }: SettledConfig): string[] {
  const found = Object.entries(layers).flatMap(([layer, { attack }]) => {
    if (attack === undefined || attack === null) return [];
    if (typeof attack !== 'object') return [`The attack of layer ${layer} was varied.`];
    const { rule, byzantine } = attack;
    const { count, fraction, scope } = typeof byzantine === 'object' ? byzantine : {};
    const many = [
      ...(count === undefined ? [] : [shown(count)]),
      ...(fraction === undefined ? [] : [`a share of ${shown(fraction)}`]),
      ...(scope === undefined ? [] : [`scope ${shown(scope)}`]),
    ].join(', ');
    return [
      `Byzantine nodes of layer ${layer}${many === '' ? '' : ` (${many})`} attacked by ${shown(rule)}.`,
    ];
  });
  return found.length === 0 ? ['No node was Byzantine.'] : found;
}

function evaluation({ evaluation: of, training }: SettledConfig): string | null {
  if (of === undefined) return null;
  const every =
    of.everyS !== undefined
      ? `every ${shown(of.everyS)} s of simulated time`
      : of.everyGradients !== undefined
        ? `every ${shown(of.everyGradients)} gradients`
        : 'regularly';
  const end =
    training?.maximumTimeS === undefined
      ? ''
      : ` A run ended after ${shown(training.maximumTimeS)} s of simulated time at the latest.`;
  return `The model was evaluated ${every} on the ${shown(of.split)} split.${end}`;
}

/** A value in a sentence. Varied settings stand in the table of differences. */
function shown(value: unknown): string {
  if (value === VARIED) return '(varied)';
  if (value === undefined || value === null) return '(not given)';
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number}`;
}

function article(word: string): string {
  return /^[aeio]|^m?lp/i.test(word) ? 'an' : 'a';
}
