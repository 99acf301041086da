import type { Config } from './config-schema.ts';

type Sensors = NonNullable<Config['sensors']>;
type ListedSensor = Extract<Sensors, readonly unknown[]>[number];
type CountedSensors = Extract<Sensors, { count: number }>;
type Source = CountedSensors['source'];

/** Sensors that a config describes one by one, or by their number alone. */
export function sensorList(sensors: Sensors): readonly ListedSensor[] | CountedSensors {
  return 'list' in sensors ? sensors.list : sensors;
}

/** Where the items of a config's sensors come from. */
export function sensorSource({ sensors }: Pick<Config, 'sensors'>): Source {
  return sensors === undefined || Array.isArray(sensors) ? 'built-in' : sensors.source;
}

/** Of the sensors that a config counts. */
export function sensorName(number: number): string {
  return `sensor-${number}`;
}

/** The ids of a config's sensors. */
export function sensorIds(sensors: Sensors): string[] {
  const described = sensorList(sensors);
  if (!('count' in described)) return described.map(({ id }) => id);
  return Array.from({ length: described.count }, (_, number) => sensorName(number));
}
