import type { Admin, Kafka } from 'kafkajs';
import { RunError } from '../../errors.ts';

/** The names that Kafka allows for a topic. */
export function isTopicName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..';
}

/**
 * A client that tries again for minutes, so that a broker may be started again meanwhile.
 *
 * `brokers`: `host:port` each; any of a cluster's will do.
 */
export async function kafkaClient(brokers: readonly string[]): Promise<Kafka> {
  const { Kafka, logLevel } = await import('kafkajs');
  return new Kafka({
    clientId: 'edgemlsim',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 100, initialRetryTime: 100, maxRetryTime: 1000 },
  });
}

/** Makes the topics that are not there yet, each with one partition, which keeps its order. */
export async function makeTopics(
  admin: Admin,
  brokers: readonly string[],
  names: readonly string[],
): Promise<void> {
  await connect(admin, brokers);
  const topics = names.map((topic) => ({ topic, numPartitions: 1, replicationFactor: 1 }));
  await admin.createTopics({ topics, waitForLeaders: true });
}

/** Throws RunError when no broker answers; a broker that is away at the begin is a wrong address. */
async function connect(admin: Admin, brokers: readonly string[]): Promise<void> {
  const controller = new AbortController();
  const patience = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => {
      const where = brokers.join(', ');
      reject(
        new RunError(`no Kafka broker at ${where} answers within 10 s: is the address right?`),
      );
    }, 10_000);
    controller.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  try {
    await Promise.race([admin.connect(), patience]);
  } catch (error) {
    await admin.disconnect();
    throw error;
  } finally {
    controller.abort();
  }
}
