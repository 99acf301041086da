import type { SensorItem, SensorSource } from './sensor.ts';
import { openWindows, type WindowSettings, WindowSource } from './window-source.ts';

/** All items that the sensors of a run give to its windows, in the order in which they come. */
export function recordSensors(settings: WindowSettings): SensorItem[] {
  const items: SensorItem[] = [];
  const { source } = settings;
  const recording: SensorSource = {
    open: (sensor) => source.open(sensor),
    take(sensor, state) {
      const { items: sequence, nextUs: timeUs } = state;
      const item = source.take(sensor, state);
      items.push({ sensor: sensor.id, sequence, timeUs, item });
      return item;
    },
  };
  const recorded = { ...settings, source: recording };
  const windows = new WindowSource(recorded, openWindows(recorded));
  for (const [worker, { count }] of settings.workers) {
    for (let window = 0; window < count; window += 1) {
      if (windows.nextEndUs(worker) === Number.POSITIVE_INFINITY) break;
      windows.take(worker);
    }
  }
  // Stable: items at one time stay in the order in which their worker takes them.
  return items.sort((a, b) => a.timeUs - b.timeUs);
}
