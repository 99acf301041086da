import type { SensorItem, SensorSettings, SensorSource, SensorState } from '../sensor.ts';

/** Sensors whose items are known before the run, each sensor's in the order of their sequence. */
export function recordedSource(bySensor: ReadonlyMap<string, readonly SensorItem[]>): SensorSource {
  const timeOf = (sensor: string, place: number) =>
    bySensor.get(sensor)?.[place]?.timeUs ?? Number.POSITIVE_INFINITY;
  return {
    open({ id }: SensorSettings): SensorState {
      return { items: 0, nextUs: timeOf(id, 0), random: null };
    },

    take({ id }: SensorSettings, state: SensorState): number {
      const { item } = bySensor.get(id)![state.items]!;
      state.items += 1;
      state.nextUs = timeOf(id, state.items);
      return item;
    },
  };
}
