import type { Config } from '../config/config-schema.ts';
import { scenarioOf } from '../config/scenario.ts';
import { workerNames, workersOf } from '../config/workers.ts';
import { atPath, InputError } from '../errors.ts';
import type { Dataset } from '../learning/dataset.ts';
import { loadDataset } from '../learning/datasets/load.ts';
import { recordSensors } from '../learning/windows/record-sensors.ts';
import type { SensorItem } from '../learning/windows/sensor.ts';
import { windowsOf } from './hierarchy.ts';

/** Input of a config's windows from its sensors. */
export interface SensorsOfConfig {
  dataset: Dataset;
  ids: string[];
  /** In the order in which they come. */
  items: SensorItem[];
}

/** Throws InputError: no sensors, or data or items that are not as they should be. */
export async function openSensors(config: Config): Promise<SensorsOfConfig> {
  if (config.sensors === undefined) {
    const advice = ['expected for instance sensors: { count: 10, itemsPerS: 4 }'];
    throw new InputError({ path: ['sensors'], found: 'the config has no sensors', advice });
  }
  const [{ trace }, dataset] = await Promise.all([
    scenarioOf(config),
    loadDataset(config.data.dataset, '.').catch(atPath(['data', 'dataset'])),
  ]);
  const workers = workerNames(trace, workersOf(config));
  const windows = (await windowsOf(config, workers, dataset, new Map()))!;
  const sensors = [...windows.workers.values()].flatMap(({ sensors }) => sensors);
  return { dataset, ids: sensors.map(({ id }) => id), items: recordSensors(windows) };
}

/** Content of a message about an item besides its index: what is learnt of it, and its inputs. */
export function contentOf(
  { features, classes, outputs, splits }: Dataset,
  item: number,
): { label: number | number[]; inputs: number[] } {
  const { inputs, scale, targets } = splits.train;
  const row = inputs.subarray(item * features, (item + 1) * features);
  const label =
    classes === null ? [...targets.subarray(item * outputs, (item + 1) * outputs)] : targets[item]!;
  // Pixels have their bytes' precision, which four digits show.
  return {
    label,
    inputs: Array.from(row, (value) => (scale === 1 ? value : +(value * scale).toFixed(4))),
  };
}
