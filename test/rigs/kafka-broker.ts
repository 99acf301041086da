import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Needs } from '../needs.ts';

const libraries = resolve('dist/kafka');

/** Needs of a broker. */
export const kafkaRig: Needs = {
  programs: ['java'],
  files: { [libraries]: 'a Kafka broker in dist/kafka (.ci/install-kafka.sh)' },
};

/** A Kafka of one broker on loopback, with everything in one folder. */
export class KafkaBroker {
  readonly address: string;
  readonly #folder: string;
  readonly #port: number;
  #process: ChildProcess | null = null;

  /** The port after this one is used, too. */
  constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.address = `127.0.0.1:${port}`;
    const properties = {
      'process.roles': 'broker,controller',
      'node.id': '1',
      'controller.quorum.voters': `1@127.0.0.1:${port + 1}`,
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${port + 1}`,
      'controller.listener.names': 'CONTROLLER',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'log.dirs': join(folder, 'log'),
      'offsets.topic.replication.factor': '1',
      'offsets.topic.num.partitions': '1',
      'transaction.state.log.replication.factor': '1',
      'transaction.state.log.min.isr': '1',
      'group.initial.rebalance.delay.ms': '0',
      // Otherwise a broker that was killed is let in again only after 15 s.
      'broker.session.timeout.ms': '3000',
      'broker.heartbeat.interval.ms': '500',
    };
    const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(join(folder, 'server.properties'), lines.join(''));
    const logging = [
      'log4j.rootLogger=WARN, out',
      'log4j.appender.out=org.apache.log4j.ConsoleAppender',
    ];
    const layout = 'log4j.appender.out.layout=org.apache.log4j.SimpleLayout';
    writeFileSync(join(folder, 'log4j.properties'), [...logging, layout, ''].join('\n'));
    execFileSync('java', [...this.#java('kafka.tools.StorageTool'), ...this.#format()], {
      stdio: 'ignore',
    });
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    const log = openSync(join(this.#folder, 'broker.log'), 'a');
    const args = [...this.#java('kafka.Kafka'), join(this.#folder, 'server.properties')];
    const broker = spawn('java', args, { stdio: ['ignore', log, log] });
    this.#process = broker;
    while (!(await answers(this.#port))) {
      if (broker.exitCode !== null) throw new Error(`the broker ended with ${broker.exitCode}`);
      await wait(100);
    }
  }

  /** Ends at once, as by kill -9. */
  async kill(): Promise<void> {
    const broker = this.#process;
    this.#process = null;
    if (broker === null || broker.exitCode !== null) return;
    const ended = once(broker, 'exit');
    broker.kill('SIGKILL');
    await ended;
  }

  #java(main: string): string[] {
    const logging = `-Dlog4j.configuration=file:${join(this.#folder, 'log4j.properties')}`;
    const memory = ['-Xmx256m', '-XX:+UseSerialGC'];
    return [...memory, logging, '-cp', join(libraries, '*'), main];
  }

  #format(): string[] {
    const config = join(this.#folder, 'server.properties');
    return ['format', '-t', 'rV6bJ5pLQyS4hF0nZk3wXA', '-c', config];
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const [event] = await Promise.race([
    once(socket, 'connect').then(() => ['connect']),
    once(socket, 'error')
      .then(() => ['error'])
      .catch(() => ['error']),
  ]).catch(() => ['error']);
  socket.destroy();
  return event === 'connect';
}
