import type { Problem } from '../../errors.ts';
import { adviceOnName } from '../../nearest-name.ts';
import type { Config } from '../config-schema.ts';
import type { ConfigSource } from '../config-source.ts';
import { defaultSampling } from '../default-sampling.ts';
import type { Path } from '../yaml-document.ts';
import type { QuickCheck } from './check.ts';
import type { DatasetSizes } from './dataset-sizes.ts';

type MapRegion = NonNullable<Config['data']['regions']>[number];

/** Regions of the map are somewhere, workers can collect in them, and their labels exist. */
export function checkMapRegions(
  config: Config,
  sizes: DatasetSizes,
  problem: ConfigSource['problem'],
): Problem[] {
  const { regions, sampling } = config.data;
  if (regions === undefined) {
    if (sampling === undefined) return [];
    const advice = ['set data.regions, or leave it out'];
    return [problem(['data', 'sampling'], 'there is no region to collect in', advice, 'key')];
  }
  return [
    ...together(config, problem),
    ...regions.flatMap((region, index) => [
      ...place(config, region, index, problem),
      ...labels(config, region, index, sizes, problem),
    ]),
  ];
}

/** Settings that exclude regions of the map, or each other. */
const together: QuickCheck = ({ data, sensors, windows }, problem) => {
  const { regions = [], owners, partition, sampling } = data;
  const { buffer } = sampling ?? defaultSampling;
  const problems: Problem[] = [];
  if (owners !== 'regions') {
    const found = `workers collect in data.regions, so ${owners} own nothing`;
    problems.push(problem(['data', 'owners'], found, ['expected regions, or leave it out']));
  }
  for (const [index, { id }] of regions.entries()) {
    if (regions.findIndex((other) => other.id === id) === index) continue;
    problems.push(problem(at(index, 'id'), `a second region "${id}"`, ['give each its own id']));
  }
  const mixed = regions.filter(({ labels }) => labels !== undefined).length;
  const bare = regions.findIndex(({ labels }) => labels === undefined);
  if (mixed > 0 && bare !== -1) {
    const found = `region "${regions[bare]!.id}" has no labels, others have`;
    problems.push(problem(at(bare), found, ['give labels to all regions, or to none']));
  }
  if (mixed > 0 && partition !== 'iid') {
    const found = 'has no effect: the regions say which labels they have';
    problems.push(problem(['data', 'partition'], found, ['leave it out, or the labels'], 'key'));
  }
  if (sensors !== undefined) {
    const found = 'workers collect in data.regions: they have no sensors besides';
    problems.push(problem(['sensors'], found, ['leave one out'], 'key'));
  }
  return [...problems, ...windowsInBuffer(windows, buffer, problem)];
};

/** A worker keeps no more samples than its buffer, so a window of more is never complete. */
function windowsInBuffer(
  windows: Config['windows'],
  buffer: number,
  problem: ConfigSource['problem'],
): Problem[] {
  const counted: [Path, number | undefined][] = [
    [['windows', 'items'], windows?.items],
    ...Object.entries(windows?.workers ?? {}).map(([worker, { items }]): [Path, typeof items] => [
      ['windows', 'workers', worker, 'items'],
      items,
    ]),
  ];
  return counted.flatMap(([path, items]) => {
    if (items === undefined || items <= buffer) return [];
    const found = `a window of ${items} samples, and a worker keeps ${buffer}`;
    const advice = [`expected at most ${buffer}, or a greater data.sampling.buffer`];
    return [problem(path, found, advice)];
  });
}

function place(
  { servers, mobility }: Config,
  region: MapRegion,
  index: number,
  problem: ConfigSource['problem'],
): Problem[] {
  const isStatic = mobility.model === 'static';
  if (!('server' in region)) {
    if (!isStatic) return [];
    const key = 'polygon' in region ? 'polygon' : 'cells';
    const found = 'workers that stay have no place on the map';
    return [problem(at(index, key), found, ['expected server: its id, as region'], 'key')];
  }
  const known = servers.filter(({ id, site }) => {
    const isLeaf = servers.every(({ parent }) => parent !== id);
    return isStatic ? isLeaf : site !== undefined;
  });
  const ids = known.map(({ id }) => id);
  if (ids.includes(region.server)) return [];
  const what = isStatic ? 'that workers stay at' : 'with a site';
  const advice = adviceOnName(region.server, ids);
  return [problem(at(index, 'server'), `no server "${region.server}" ${what}`, advice)];
}

function labels(
  { data }: Config,
  { labels, drift }: MapRegion,
  index: number,
  { classes, splits }: DatasetSizes,
  problem: ConfigSource['problem'],
): Problem[] {
  if (labels === undefined) {
    if (drift === undefined) return [];
    const advice = ['set labels: the mix at the begin'];
    return [problem(at(index, 'drift'), 'there is no mix of labels to change', advice, 'key')];
  }
  if (classes === null) {
    const found = `the targets of dataset ${data.dataset.name} are numbers, not labels`;
    return [problem(at(index, 'labels'), found, ['leave it out'], 'key')];
  }
  const there = splits === undefined ? null : new Set<number>(splits.train.targets);
  const mixes: [Path, Record<string, number>][] = [
    [at(index, 'labels'), labels],
    ...(drift?.mixes ?? []).map((mix, step): [Path, Record<string, number>] => [
      at(index, 'drift', 'mixes', step, 'labels'),
      mix.labels,
    ]),
  ];
  return [
    ...mixes.flatMap(([path, weights]): Problem[] => {
      const missing = Object.keys(weights).filter((label) => {
        return Number(label) >= classes || there?.has(Number(label)) === false;
      });
      if (missing.length > 0) {
        const found = `no train item of ${data.dataset.name} has label ${missing.join(', ')}`;
        const advice = [`its labels are 0 to ${classes - 1}`];
        return [problem([...path, missing[0]!], found, advice, 'key')];
      }
      if (Object.values(weights).some((weight) => weight > 0)) return [];
      return [problem(path, 'no weight is above 0', ['expected for instance { 0: 1 }'])];
    }),
    ...(drift?.mixes ?? []).flatMap(({ atS }, step, all): Problem[] => {
      if (step === 0 || atS > all[step - 1]!.atS) return [];
      const path = at(index, 'drift', 'mixes', step, 'atS');
      return [problem(path, `${atS} s after ${all[step - 1]!.atS} s`, ['expected rising times'])];
    }),
  ];
}

function at(index: number, ...rest: (string | number)[]): Path {
  return ['data', 'regions', index, ...rest];
}
