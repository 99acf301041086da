import { z } from 'zod';
import { differences } from '../compose/provenance.ts';
import type { Config } from '../config/config-schema.ts';
import type { Provenance } from '../provenance.ts';
import type { Connection } from '../transport/connection.ts';
import type { Frame } from '../transport/frame.ts';
import { needMessage, otherProtocol, readMessage } from '../transport/message.ts';
import { isNonce, newNonce } from '../transport/nonce.ts';
import {
  comingMessageSchema,
  POOL_PROTOCOL,
  type PoolHello,
  type PoolInputs,
  poolHelloSchema,
  poolWorkSchema,
  sayInPool,
  type WorkMessage,
} from '../worlds/computing/pool-message.ts';
import type { RemoteAgentParts } from '../worlds/computing/remote-agent.ts';
import {
  LIVE_PROTOCOL,
  type OfferMessage,
  offerSchema,
  pingSchema,
  say,
} from '../worlds/live/protocol/control-message.ts';

const firstMessageSchema = z.discriminatedUnion('type', [
  offerSchema,
  poolHelloSchema,
  poolWorkSchema,
]);

interface PoolAdmissionParts {
  /** The config from which every agent makes its share of the run. */
  run: Config;
  /** The inputs from which it has to be made. */
  provenance: Provenance;
  /** An agent may be given tasks. */
  onJoined: (agent: RemoteAgentParts) => void;
  /** One that came may not compute, or left before it could. */
  onRefused: (name: string, reason: string) => void;
  /** A frame that does not fit, on a connection that was no agent's. */
  onBadFrame: (remote: string, why: string) => void;
}

/** An agent that has no work connection yet. */
interface Coming {
  agent: number;
  name: string;
  threads: number;
  control: Connection;
  /** The value that its work connection has to show. */
  nonce: string;
  isAdmitted: boolean;
  isRefused: boolean;
}

/**
 * Where agents of a virtual run's pool report. An agent that offers a machine is asked to start a
 * process that computes, and to start it again when it was lost. That process prepares its part of
 * the run, and joins if it made it from the same inputs. Agents may come at any time.
 */
export class PoolAdmission {
  readonly #parts: PoolAdmissionParts;
  readonly #coming = new Map<number, Coming>();
  /** By name: agents that started a process, and can start it again. */
  readonly #offers = new Map<string, Connection>();
  #next = 1;

  constructor(parts: PoolAdmissionParts) {
    this.#parts = parts;
  }

  receive(connection: Connection): void {
    const { remote } = connection;
    connection.onClose = ({ kind, detail }) => {
      if (kind === 'bad-frame') this.#parts.onBadFrame(remote, detail);
    };
    connection.onFrame = ({ header }) => {
      const message = readMessage(firstMessageSchema, header);
      switch (message.type) {
        case 'offer':
          this.#offered(connection, message);
          return;
        case 'pool-hello':
          this.#reported(connection, message);
          return;
        case 'pool-work':
          this.#join(connection, message);
      }
    };
  }

  /** A process is gone: the agent that started it, if any, does so again. */
  startAgain(name: string): void {
    const offer = this.#offers.get(name);
    if (offer !== undefined) say(offer, { type: 'compute', name });
  }

  /** The run is over: lets those go that started processes. */
  close(): void {
    for (const offer of this.#offers.values()) offer.close();
  }

  #offered(connection: Connection, { protocol, name: own }: OfferMessage): void {
    if (protocol !== LIVE_PROTOCOL) {
      const reason = otherProtocol(LIVE_PROTOCOL, protocol);
      say(connection, { type: 'refused', reason });
      connection.close();
      return;
    }
    // Two on one machine may call themselves alike.
    let name = own;
    for (let count = 2; this.#offers.has(name); count += 1) name = `${own}-${count}`;
    connection.onFrame = ({ header }) => {
      readMessage(pingSchema, header);
      // The agent does not use the time.
      say(connection, { type: 'pong', wallUs: 0 });
    };
    connection.onClose = () => {
      this.#offers.delete(name);
    };
    this.#offers.set(name, connection);
    say(connection, { type: 'compute', name });
  }

  #reported(control: Connection, hello: PoolHello): void {
    const { protocol, threads, name } = hello;
    const agent = this.#next;
    this.#next += 1;
    const nonce = newNonce();
    const coming = { agent, name, threads, control, nonce, isAdmitted: false, isRefused: false };
    if (protocol !== POOL_PROTOCOL) {
      const reason = otherProtocol(POOL_PROTOCOL, protocol, ' of pools');
      this.#refuse(coming, reason, ['use the same version of edgemlsim everywhere']);
      return;
    }
    this.#coming.set(agent, coming);
    control.onFrame = (frame) => this.#hear(coming, frame);
    control.onClose = ({ detail }) => this.#gone(coming, detail);
    const body = new TextEncoder().encode(JSON.stringify(this.#parts.run));
    sayInPool(control, { type: 'pool-setup', agent, nonce }, body);
  }

  #hear(coming: Coming, { header }: Frame): void {
    const message = readMessage(comingMessageSchema, header);
    const { control } = coming;
    switch (message.type) {
      case 'ping':
        sayInPool(control, { type: 'pong' });
        return;
      case 'made':
        needMessage(!coming.isAdmitted && !coming.isRefused, 'its share is made once more');
        this.#compare(coming, message.inputs);
        return;
      case 'failed':
        this.#gone(coming, message.message);
    }
  }

  #compare(coming: Coming, made: PoolInputs): void {
    const { provenance } = this.#parts;
    // The config itself it was sent.
    const { config } = provenance.inputs;
    const different = differences(provenance, { ...made, inputs: { ...made.inputs, config } });
    if (provenance.engine !== 'reference' && provenance.machine.cpu !== made.machine.cpu) {
      // Only the reference engine has the same bits everywhere.
      different.push({
        what: `the processor, on which ${provenance.engine} depends`,
        before: provenance.machine.cpu,
        now: made.machine.cpu,
      });
    }
    if (different.length > 0) {
      const found = different.map(
        ({ what, before, now }) => `${what}: found ${now}, expected ${before}`,
      );
      this.#refuse(coming, `"${coming.name}" would compute something else: ${found.join('; ')}`, [
        "copy the run's files there under the same paths, and use the same versions",
      ]);
      return;
    }
    coming.isAdmitted = true;
    sayInPool(coming.control, { type: 'admitted' });
  }

  #join(work: Connection, { agent, nonce }: WorkMessage): void {
    const coming = this.#coming.get(agent);
    if (coming === undefined || !coming.isAdmitted || !isNonce(nonce, coming.nonce)) {
      work.destroy();
      return;
    }
    this.#coming.delete(agent);
    const { name, threads, control } = coming;
    this.#parts.onJoined({ agent, name, threads, control, work });
  }

  #refuse(coming: Coming, reason: string, advice: string[]): void {
    sayInPool(coming.control, { type: 'refused', reason, advice });
    coming.control.close();
    this.#gone(coming, reason);
  }

  /** It will not join. */
  #gone(coming: Coming, reason: string): void {
    this.#coming.delete(coming.agent);
    if (coming.isRefused) return;
    coming.isRefused = true;
    this.#parts.onRefused(coming.name, reason);
  }
}
