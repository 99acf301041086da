import { setTimeout as wait } from 'node:timers/promises';
import type { TimeUs } from '../../simulation/time.ts';
import { kafkaClient, makeTopics } from './kafka-client.ts';
import type { SensorItem } from './sensor.ts';

interface Publishing {
  /** `host:port` each. */
  brokers: readonly string[];
  sensors: readonly string[];
  /** In the order in which they come. */
  items: readonly SensorItem[];
  /** Content of the message about an item. */
  messageOf: (item: SensorItem) => string;
  /** The time of the sensors, which begins at 0 and may run faster than the clock. */
  nowUs: () => TimeUs;
  /** Microseconds of the sensors for one of the clock. */
  speed: number;
}

/** A broker takes 1 MiB a topic and request by default. */
const MOST_BYTES = 500_000;

/**
 * Sends each item to its sensor's topic when it comes. Requests follow one another, so that one that
 * is sent again after a broker was away comes before those after it: a reader that drops duplicates
 * by sequence number has every item once.
 *
 * Throws RunError when no broker answers at the begin.
 */
export async function publishSensors(publishing: Publishing): Promise<void> {
  const { brokers, sensors, items, messageOf, nowUs, speed } = publishing;
  const { Partitioners } = await import('kafkajs');
  const client = await kafkaClient(brokers);
  const admin = client.admin();
  await makeTopics(admin, brokers, sensors);
  await admin.disconnect();
  const producer = client.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  try {
    let sent = 0;
    while (sent < items.length) {
      const aheadUs = items[sent]!.timeUs - nowUs();
      if (aheadUs > 0) await wait(Math.ceil(aheadUs / speed / 1000));
      const bySensor = new Map<string, { key: string; value: string }[]>();
      const untilUs = nowUs();
      let bytes = 0;
      while (sent < items.length && bytes < MOST_BYTES) {
        const item = items[sent]!;
        if (item.timeUs > untilUs) break;
        const messages = bySensor.get(item.sensor) ?? [];
        const value = messageOf(item);
        bytes += Buffer.byteLength(value);
        messages.push({ key: `${item.sequence}`, value });
        bySensor.set(item.sensor, messages);
        sent += 1;
      }
      const topicMessages = [...bySensor].map(([topic, messages]) => ({ topic, messages }));
      if (topicMessages.length > 0) await producer.sendBatch({ topicMessages, acks: -1 });
    }
  } finally {
    await producer.disconnect();
  }
}
