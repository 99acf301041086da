import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { InputError, type Problem } from '../../errors.ts';
import { adviceOnName } from '../../nearest-name.ts';
import { systemRefusal } from '../../system-refusal.ts';
import type { SensorItem } from './sensor.ts';

/** Items of some sensors in a file. */
interface RecordedItems {
  /** Each in the order of their sequence. */
  bySensor: Map<string, SensorItem[]>;
  /** Lines with a sequence number that the sensor had already. */
  duplicates: number;
  /** Sequence numbers, up to the last one of their sensor, that no line has. */
  missing: number;
}

const whole = z.number().int().min(0);

/** Other fields of a line or message, such as a label and inputs, are for other readers. */
const itemSchema = z.object({
  sensor: z.string(),
  sequence: whole,
  timeUs: whole,
  item: whole,
});

const EXPECTED = 'expected {"sensor": "…", "sequence": 0, "timeUs": 250000, "item": 17}';

/** As many faults of a file are shown at once. */
const MOST_PROBLEMS = 10;

/** A line of a file or the value of a message; a string says what is wrong with it. */
export function parseSensorItem(text: string): SensorItem | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'no JSON';
  }
  const { data, error } = itemSchema.safeParse(value);
  if (data !== undefined) return data;
  const { path, message } = error.issues[0]!;
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

/**
 * Reads items of sensors, one JSON object a line, in any order; of two with one sequence number the
 * first counts.
 *
 * `sensors`: those that may be in it. `trainItems`: how many an item may be of.
 * Throws InputError with file and line: no such object, an unknown sensor, an item beyond the train
 * split, a time before the one of an earlier sequence number.
 */
export async function readRecording(
  file: string,
  sensors: readonly string[],
  trainItems: number,
): Promise<RecordedItems> {
  const known = new Set(sensors);
  const bySensor = new Map<string, Map<number, SensorItem & { line: number }>>();
  const problems: Problem[] = [];
  let duplicates = 0;
  let line = 0;
  for await (const text of linesOf(file)) {
    line += 1;
    if (text.trim() === '') continue;
    const wrong = (found: string, advice: string[]) =>
      problems.push({ place: { file, line }, found, advice });
    const parsed = parseSensorItem(text);
    if (typeof parsed === 'string') wrong(parsed, [EXPECTED]);
    else if (!known.has(parsed.sensor)) {
      wrong(`no sensor "${parsed.sensor}" in the config`, adviceOnName(parsed.sensor, sensors));
    } else if (parsed.item >= trainItems) {
      wrong(`item ${parsed.item} of a train split of ${trainItems}`, [
        `expected 0 to ${trainItems - 1}: is it a recording of this dataset?`,
      ]);
    } else {
      const items = bySensor.get(parsed.sensor) ?? new Map();
      bySensor.set(parsed.sensor, items);
      if (items.has(parsed.sequence)) duplicates += 1;
      else items.set(parsed.sequence, { ...parsed, line });
    }
    if (problems.length === MOST_PROBLEMS) break;
  }
  let missing = 0;
  const sorted = new Map<string, SensorItem[]>();
  for (const [sensor, items] of bySensor) {
    const inOrder = [...items.values()].sort((a, b) => a.sequence - b.sequence);
    missing += inOrder.at(-1)!.sequence + 1 - inOrder.length;
    for (const [index, { timeUs, sequence, line }] of inOrder.entries()) {
      const before = inOrder[index - 1];
      if (before === undefined || timeUs >= before.timeUs) continue;
      const found = `timeUs ${timeUs} of sequence ${sequence}, after ${before.timeUs} of sequence ${before.sequence}`;
      const advice = ['expected times that do not fall along the sequence of a sensor'];
      problems.push({ place: { file, line }, found, advice });
      break;
    }
    sorted.set(sensor, inOrder);
  }
  if (problems.length > 0) throw new InputError(problems);
  return { bySensor: sorted, duplicates, missing };
}

async function* linesOf(file: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new InputError({
      place: { file },
      found: `cannot be read: ${systemRefusal(error)}`,
      advice: ['edgemlsim sensors CONFIG --out FILE writes such a file'],
    });
  }
}
