import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SensorsOfConfig } from '../compose/sensors.ts';
import type { SensorItem } from '../learning/windows/sensor.ts';
import { readOverride } from './arguments.ts';
import { withProgress } from './with-progress.ts';

interface SensorsOptions {
  out?: string;
  kafka?: string;
  fromKafka?: string;
  speed: number;
}

/** Items, and how many they are, in words. */
interface GivenItems {
  items: SensorItem[];
  note: string;
}

export function addSensors(program: Command): void {
  program
    .command('sensors')
    .description("write what a config's sensors give to a file, or send it to Kafka as it comes")
    .argument('<config>', 'YAML file of an experiment with sensors')
    .argument('[key=value...]', 'changes to the config, by path', readOverride)
    .addOption(
      new Option('--out <file>', 'write JSON lines for sensors.source.file').conflicts('kafka'),
    )
    .addOption(
      new Option(
        '--kafka <host:port>',
        "send each item when it comes, to a topic of its sensor's id",
      ).argParser(readAddress),
    )
    .addOption(
      new Option('--from-kafka <host:port>', 'write what such topics hold to --out')
        .argParser(readAddress)
        .conflicts('kafka'),
    )
    .addOption(
      new Option('--speed <n>', 'to Kafka: n times as fast as the clock')
        .argParser(readSpeed)
        .default(1),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ edgemlsim sensors configs/edge-hierarchy/1-3.yaml --out sensors.jsonl
  $ edgemlsim run configs/edge-hierarchy/1-3.yaml 'sensors.source={file: sensors.jsonl}'
  $ edgemlsim sensors configs/edge-hierarchy/1-3.yaml --kafka localhost:9092 --speed 60`,
    )
    .action(async (file: string, overrides: string[] | undefined, options: SensorsOptions) => {
      const { out, kafka, fromKafka, speed } = options;
      if ((out ?? kafka) === undefined) {
        program.error('error: expected --out FILE or --kafka HOST:PORT');
      }
      const sensors = await open(file, overrides ?? []);
      if (kafka !== undefined) {
        await send(sensors, kafka, speed);
        console.log(`${countOf(sensors)}, at ${kafka}`);
        return;
      }
      const { items, note } =
        fromKafka === undefined ? fromConfig(sensors) : await fromTopics(fromKafka, sensors);
      const { writeGivenFile } = await import('../write-given-file.ts');
      await writeGivenFile(out!, items.map((item) => `${JSON.stringify(item)}\n`).join(''));
      console.log(`${note}, in ${out}`);
    });
}

async function open(file: string, overrides: string[]): Promise<SensorsOfConfig> {
  const { loadConfig, placedIn } = await import('../config/load-config.ts');
  const { openSensors } = await import('../compose/sensors.ts');
  const loaded = await loadConfig(file, { overrides });
  return openSensors(loaded.config).catch((error) => {
    throw placedIn(loaded, error);
  });
}

function countOf({ items, ids }: Pick<SensorsOfConfig, 'items' | 'ids'>): string {
  return `${items.length} items of ${ids.length} sensors`;
}

function fromConfig(sensors: SensorsOfConfig): GivenItems {
  return { items: sensors.items, note: countOf(sensors) };
}

/** Items that the topics of these sensors hold now. */
async function fromTopics(broker: string, { ids, dataset }: SensorsOfConfig): Promise<GivenItems> {
  const { KafkaSource } = await import('../learning/windows/sources/kafka.ts');
  const settings = { sensors: ids, trainItems: dataset.splits.train.items };
  const source = await KafkaSource.open({ brokers: [broker], ...settings });
  try {
    await Promise.race([source.readToEnd(), source.failed]);
  } finally {
    await source.close();
  }
  const { duplicates, missing } = source;
  const items = source.items.sort((a, b) => a.timeUs - b.timeUs);
  return {
    items,
    note: `${countOf({ items, ids })}, ${duplicates} duplicates left out, ${missing} missing`,
  };
}

async function send(sensors: SensorsOfConfig, broker: string, speed: number): Promise<void> {
  const { publishSensors } = await import('../learning/windows/publish-sensors.ts');
  const { contentOf } = await import('../compose/sensors.ts');
  const { ids, items, dataset } = sensors;
  const beginMs = performance.now();
  await withProgress(`sending ${countOf(sensors)}`, () =>
    publishSensors({
      ...{ brokers: [broker], sensors: ids, items, speed },
      messageOf: (item) => JSON.stringify({ ...item, ...contentOf(dataset, item.item) }),
      nowUs: () => (performance.now() - beginMs) * 1000 * speed,
    }),
  );
}

function readAddress(text: string): string {
  if (/^[^\s:]+:\d+$/.test(text)) return text;
  throw new InvalidArgumentError('Expected host:port, for instance localhost:9092.');
}

function readSpeed(text: string): number {
  const speed = Number(text);
  if (speed > 0 && Number.isFinite(speed)) return speed;
  throw new InvalidArgumentError('Expected a number above 0.');
}
