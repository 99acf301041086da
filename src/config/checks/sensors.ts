import { InputError, type Problem } from '../../errors.ts';
import { isTopicName } from '../../learning/windows/kafka-client.ts';
import { readRecording } from '../../learning/windows/recording.ts';
import { slotNames } from '../../mobility/leases.ts';
import { adviceOnName } from '../../nearest-name.ts';
import { sensorIds, sensorList, sensorSource } from '../sensors.ts';
import type { Check, QuickCheck } from './check.ts';

/** Every worker of a tree of models has a sensor, and their items come from where they can. */
export const checkSensors: QuickCheck = (config, problem) => [
  ...describedSensors(config, problem),
  ...kafka(config, problem),
];

const describedSensors: QuickCheck = ({ sensors, mobility, data }, problem) => {
  if (sensors === undefined) return [];
  const { count, mode } = mobility.workers;
  if (mode !== 'leased') {
    const found = 'sensors belong to workers that are known before the run';
    return [problem(['mobility', 'workers', 'mode'], found, ['expected leased'])];
  }
  const workers = slotNames(count);
  const described = sensorList(sensors);
  if ('count' in described) {
    if (described.count >= count) return [];
    const found = `${described.count} sensors for ${count} workers: some would have none`;
    return [problem(['sensors', 'count'], found, [`expected at least ${count}`])];
  }
  const classes = ['mnist', 'fashion-mnist'].includes(data.dataset.name) ? 10 : undefined;
  const path = Array.isArray(sensors) ? ['sensors'] : ['sensors', 'list'];
  return [
    ...described.flatMap(({ id, worker, labels, timesS }, index): Problem[] => {
      const at = (key: string): (string | number)[] => [...path, index, key];
      const problems: Problem[] = [];
      if (described.findIndex((other) => other.id === id) < index) {
        problems.push(problem(at('id'), `a second sensor "${id}"`, ['give each its own id']));
      }
      if (!workers.includes(worker)) {
        problems.push(
          problem(at('worker'), `no worker "${worker}"`, adviceOnName(worker, workers)),
        );
      }
      if (labels !== undefined)
        problems.push(...labelShares(labels, classes, at('labels'), problem));
      if (timesS?.some((timeS, k) => k > 0 && timeS < timesS[k - 1]!)) {
        problems.push(problem(at('timesS'), 'times that fall', ['expected them in rising order']));
      }
      return problems;
    }),
    ...workers
      .filter((worker) => !described.some((sensor) => sensor.worker === worker))
      .map((worker) => problem(path, `no sensor of ${worker}`, ['give each worker one'])),
  ];
};

function labelShares(
  labels: readonly number[],
  classes: number | undefined,
  path: (string | number)[],
  problem: Parameters<QuickCheck>[1],
): Problem[] {
  if (classes !== undefined && labels.length !== classes) {
    return [problem(path, `shares of ${labels.length} classes`, [`expected ${classes}`])];
  }
  const sum = labels.reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 1) < 1e-6) return [];
  return [problem(path, `shares that sum to ${Number(sum.toPrecision(6))}`, ['expected 1'])];
}

/** Items from Kafka arrive by the clock. */
const kafka: QuickCheck = (config, problem) => {
  const { sensors, windows, world } = config;
  const source = sensorSource(config);
  if (sensors === undefined || source === 'built-in' || !('kafka' in source)) return [];
  const path = ['sensors', 'source', 'kafka'];
  if (world === 'virtual') {
    const found = 'the virtual world does not wait for a broker: two runs would differ';
    const file = 'sensors.jsonl';
    const advice = [
      `record its items first: edgemlsim sensors CONFIG --from-kafka ${source.kafka[0]} --out ${file} 'sensors.source="built-in"'`,
      `then sensors.source: { file: ${file} }`,
    ];
    return [problem(path, found, advice)];
  }
  const problems: Problem[] = [];
  const own = Object.values(windows?.workers ?? {});
  if (windows?.items !== undefined || own.some(({ items }) => items !== undefined)) {
    const found = 'when a number of items has come from a broker is not known beforehand';
    problems.push(problem(['windows', 'items'], found, ['set windows.everyS instead']));
  }
  for (const id of sensorIds(sensors).filter((id) => !isTopicName(id))) {
    const advice = ['expected at most 249 of a-z, A-Z, 0-9, ".", "_" and "-" as id'];
    problems.push(problem(path, `no topic can have the name "${id}"`, advice));
  }
  return problems;
};

/**
 * Warnings about sensors that a file of sensors' items has twice or not at all; its faults are the
 * run's to show.
 */
export const recordingWarnings: Check = async (config, problem) => {
  const { sensors } = config;
  const source = sensorSource(config);
  if (sensors === undefined || source === 'built-in' || !('file' in source)) return [];
  try {
    const { duplicates, missing } = await readRecording(source.file, sensorIds(sensors), Infinity);
    if (duplicates + missing === 0) return [];
    const found = `${source.file}: ${duplicates} lines repeat an item, ${missing} items are missing`;
    const advice = ['by the sequence numbers of each sensor; the run goes on with what is there'];
    return [problem(['sensors', 'source', 'file'], found, advice)];
  } catch (error) {
    if (error instanceof InputError) return [];
    throw error;
  }
};
