import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Admin, Consumer } from 'kafkajs';
import { InputError } from '../../../errors.ts';
import { kafkaClient, makeTopics } from '../kafka-client.ts';
import { parseSensorItem } from '../recording.ts';
import type { SensorItem, SensorSettings, SensorSource, SensorState } from '../sensor.ts';

interface KafkaSettings {
  /** `host:port` each. */
  brokers: readonly string[];
  /** Each has a topic of its name. */
  sensors: readonly string[];
  /** How many an item may be of. */
  trainItems: number;
}

/** Items received from one sensor. */
interface Received {
  items: SensorItem[];
  /** How many of them were taken. */
  taken: number;
  /** States of the sensor, whose `nextUs` changes when an item comes. */
  states: SensorState[];
  /** By partition: the offset after the last message. */
  next: Map<number, bigint>;
}

/**
 * Sensors whose items come from Kafka: one topic each, of its name, read from its beginning. While a
 * broker is away it waits, and goes on where it was. A sequence number that is not above the last one
 * of its sensor is a duplicate, since a broker keeps the order of a topic with one partition.
 */
export class KafkaSource implements SensorSource {
  /** Messages that came before. */
  duplicates = 0;
  /** Sequence numbers that were left out. */
  missing = 0;
  /** Rejects when it cannot go on: a message that is none of a sensor. */
  readonly failed: Promise<never>;
  #fail: (error: Error) => void = () => {};
  readonly #settings: KafkaSettings;
  readonly #received: ReadonlyMap<string, Received>;
  readonly #admin: Admin;
  readonly #consumer: Consumer;

  /** Throws RunError when no broker answers. */
  static async open(settings: KafkaSettings): Promise<KafkaSource> {
    const client = await kafkaClient(settings.brokers);
    const source = new KafkaSource(
      settings,
      client.admin(),
      // A group of its own reads everything, whatever other readers do.
      client.consumer({ groupId: `edgemlsim-${randomUUID()}`, sessionTimeout: 10_000 }),
    );
    await source.#start();
    return source;
  }

  private constructor(settings: KafkaSettings, admin: Admin, consumer: Consumer) {
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // The caller that waits for it gets the error.
    this.failed.catch(() => {});
    this.#settings = settings;
    this.#admin = admin;
    this.#consumer = consumer;
    this.#received = new Map(
      settings.sensors.map((sensor) => [
        sensor,
        { items: [], taken: 0, states: [], next: new Map() },
      ]),
    );
  }

  async #start(): Promise<void> {
    const { brokers, sensors } = this.#settings;
    await makeTopics(this.#admin, brokers, sensors);
    const consumer = this.#consumer;
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) this.#fail(payload.error);
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [...sensors], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ topic, partition, message }) => {
        this.#receive(topic, message.value?.toString() ?? '', message.offset);
        this.#received.get(topic)!.next.set(partition, BigInt(message.offset) + 1n);
      },
    });
  }

  open({ id }: SensorSettings): SensorState {
    const received = this.#received.get(id)!;
    const nextUs = received.items[received.taken]?.timeUs ?? Number.POSITIVE_INFINITY;
    const state = { items: received.taken, nextUs, random: null };
    received.states.push(state);
    return state;
  }

  take({ id }: SensorSettings, state: SensorState): number {
    const received = this.#received.get(id)!;
    const { item } = received.items[received.taken]!;
    received.taken += 1;
    state.items = received.taken;
    state.nextUs = received.items[received.taken]?.timeUs ?? Number.POSITIVE_INFINITY;
    return item;
  }

  /** Everything that came so far: each sensor's items in the order of their sequence. */
  get items(): SensorItem[] {
    return [...this.#received.values()].flatMap(({ items }) => items);
  }

  /** Resolves when everything has come that the broker had at the time of the call. */
  async readToEnd(): Promise<void> {
    for (const [sensor, { next }] of this.#received) {
      for (const { partition, high, low } of await this.#admin.fetchTopicOffsets(sensor)) {
        if (high === low) continue;
        while ((next.get(partition) ?? 0n) < BigInt(high)) await wait(20);
      }
    }
  }

  async close(): Promise<void> {
    await this.#consumer.disconnect();
    await this.#admin.disconnect();
  }

  #receive(topic: string, text: string, offset: string): void {
    const { trainItems } = this.#settings;
    const received = this.#received.get(topic)!;
    const parsed = parseSensorItem(text);
    const found =
      typeof parsed === 'string'
        ? parsed
        : parsed.sensor !== topic
          ? `an item of sensor "${parsed.sensor}"`
          : parsed.item >= trainItems
            ? `item ${parsed.item} of a train split of ${trainItems}`
            : null;
    if (found !== null || typeof parsed === 'string') {
      const advice = ['edgemlsim sensors CONFIG --kafka HOST:PORT fills a topic that is empty'];
      this.#fail(new InputError({ found: `topic ${topic}, offset ${offset}: ${found}`, advice }));
      return;
    }
    const last = received.items.at(-1)?.sequence ?? -1;
    if (parsed.sequence <= last) {
      this.duplicates += 1;
      return;
    }
    this.missing += parsed.sequence - last - 1;
    received.items.push(parsed);
    if (received.items.length > received.taken + 1) return;
    for (const state of received.states) state.nextUs = parsed.timeUs;
  }
}
