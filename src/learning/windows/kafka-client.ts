import type { Admin, Kafka } from 'kafkajs';
import { RunError } from '../../errors.ts';

/** Tries of the first look at a broker: some ten seconds. */
const FIRST_TRIES = 11;

/** The names that Kafka allows for a topic. */
export function isTopicName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..';
}

/**
 * A client that tries again for minutes, so that a broker may be started again meanwhile.
 *
 * `brokers`: `host:port` each; any of a cluster's will do. `retries`: how often it tries again.
 */
export async function kafkaClient(brokers: readonly string[], retries = 100): Promise<Kafka> {
  const { Kafka, logLevel } = await import('kafkajs');
  return new Kafka({
    clientId: 'edgemlsim',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries, initialRetryTime: 100, maxRetryTime: 1000 },
  });
}

/** Makes the topics that are not there yet, each with one partition, which keeps its order. */
export async function makeTopics(
  admin: Admin,
  brokers: readonly string[],
  names: readonly string[],
): Promise<void> {
  await reach(brokers);
  await admin.connect();
  const topics = names.map((topic) => ({ topic, numPartitions: 1, replicationFactor: 1 }));
  await admin.createTopics({ topics, waitForLeaders: true });
}

/**
 * Throws RunError when no broker answers; a broker that is away at the begin is a wrong address. By a client
 * of its own, which gives up for good: one that tries for minutes would keep the process.
 */
async function reach(brokers: readonly string[]): Promise<void> {
  const admin = (await kafkaClient(brokers, FIRST_TRIES - 1)).admin();
  try {
    await admin.connect();
  } catch {
    throw new RunError(
      `no Kafka broker at ${brokers.join(', ')} answers, tried ${FIRST_TRIES} times: is the address right?`,
    );
  } finally {
    await admin.disconnect();
  }
}
